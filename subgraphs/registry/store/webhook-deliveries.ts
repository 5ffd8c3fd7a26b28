/**
 * Which gateway delivers which webhook, and how far each is. A lease is for ten seconds and has a number that rises
 * when the webhook goes to another gateway: what comes with an old number changes nothing. So two gateways never send
 * for one webhook at once, and a gateway that dies costs ten seconds. What is sent is never here.
 */
import { inTransaction, type Pool, type PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { DEAD_LETTER_MS } from '../domain/webhook.ts';

export const LEASE_MS = 10_000;
const REPLAYS_MAX = 50;
const PRUNE_EVERY_MS = 3_600_000;

export interface LeasedWebhook {
  readonly id: string;
  readonly lease: number;
  readonly revision: number;
  readonly participant: string;
  readonly program: string;
  readonly scopes: string[];
  readonly url: string;
  /** The newest first; each of them signs. */
  readonly secrets: string[];
  readonly document: string | null;
  readonly documentId: string | null;
  readonly variables: unknown;
  readonly cursor: string | null;
  readonly failures: number;
  readonly reason: string | null;
  readonly replays: readonly { readonly eventId: string; readonly cursor: string }[];
}

export interface DeadLetter {
  readonly eventId: string;
  readonly cursor: string;
  readonly type: string;
  readonly at: Date;
  readonly status?: number | null | undefined;
  readonly reason: string;
}

export interface FailedReplay {
  readonly eventId: string;
  readonly status?: number | null | undefined;
  readonly reason: string;
}

/** How far one webhook came since the last report. */
export interface Progress {
  readonly webhookId: string;
  readonly lease: number;
  readonly revision: number;
  readonly cursor?: string | null | undefined;
  readonly hasDelivered: boolean;
  /** As it was when left out. */
  readonly failures?: number | null | undefined;
  readonly status?: number | null | undefined;
  readonly reason?: string | null | undefined;
  /** When the next attempt is due; what was due stays so when it is left out. */
  readonly retryAfterMs?: number | null | undefined;
  readonly isDisabled: boolean;
  /** The gateway does not go on with it. */
  readonly isReleased: boolean;
  readonly deadLetters: readonly DeadLetter[];
  readonly replayed: readonly string[];
  readonly failedReplays: readonly FailedReplay[];
}

export interface Deliveries {
  /** Renews what this gateway holds and adds what is due and free, up to `max` in all. */
  lease(holder: string, max: number): Promise<readonly LeasedWebhook[]>;
  /** Answers for which webhooks the report was taken in: of the others the lease is another's by now. */
  report(holder: string, progress: readonly Progress[]): Promise<readonly string[]>;
}

/** Of parties that take part: a party that is suspended is sent nothing more from the next renewal on. */
const MAY_BE_SENT = `state <> 'DISABLED' AND participant_id IN (SELECT id FROM participant WHERE accession_state = 'ACTIVE')`;

export function createDeliveries(pool: Pool, now: () => number): Deliveries {
  let prunedAtMs = 0;

  const prune = async (client: PoolClient) => {
    if (now() - prunedAtMs < PRUNE_EVERY_MS) return;
    prunedAtMs = now();
    await client.query('DELETE FROM webhook_dead_letter WHERE dead_at < $1', [new Date(now() - DEAD_LETTER_MS)]);
  };

  return {
    lease: (holder, max) =>
      inTransaction(pool, async (client) => {
        const [at, until] = [new Date(now()), new Date(now() + LEASE_MS)];
        // Renewing waits for a row that a report holds; taking over leaves it to the next time.
        const { rowCount } = await client.query(
          `UPDATE webhook SET lease_until = $3 WHERE lease_holder = $1 AND lease_until > $2 AND ${MAY_BE_SENT}`,
          [holder, at, until],
        );
        await client.query(
          `UPDATE webhook SET lease_holder = $1, lease_until = $3,
                  lease_number = lease_number + CASE WHEN lease_holder = $1 THEN 0 ELSE 1 END WHERE id IN (
             SELECT id FROM webhook
             WHERE (lease_until IS NULL OR lease_until <= $2) AND next_attempt_at <= $2 AND ${MAY_BE_SENT}
             ORDER BY next_attempt_at LIMIT $4 FOR UPDATE SKIP LOCKED)`,
          [holder, at, until, Math.max(0, max - (rowCount ?? 0))],
        );
        await prune(client);
        const { rows } = await client.query<LeasedWebhook>(
          `SELECT id, lease_number AS lease, revision, participant_id AS participant, program, scopes, url,
                  CASE WHEN previous_until > $2 THEN ARRAY[secret, previous_secret] ELSE ARRAY[secret] END AS secrets,
                  document, document_id AS "documentId", variables, cursor, failures, last_reason AS reason,
                  coalesce((
                    SELECT json_agg(json_build_object('eventId', event_id, 'cursor', cursor) ORDER BY at, event_id)
                    FROM (SELECT event_id, cursor, at FROM webhook_dead_letter
                          WHERE webhook_id = webhook.id AND replay_requested_at IS NOT NULL
                          ORDER BY at, event_id LIMIT ${REPLAYS_MAX}) AS asked
                  ), '[]') AS replays
           FROM webhook WHERE lease_holder = $1 AND lease_until = $3 AND ${MAY_BE_SENT} ORDER BY id`,
          [holder, at, until],
        );
        return rows;
      }),
    report: (holder, progress) =>
      inTransaction(pool, async (client) => {
        const at = new Date(now());
        const taken: string[] = [];
        // In one order, so that two gateways that report at once never wait for each other crosswise.
        for (const one of [...progress].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1))) {
          if (await update(client, holder, one, at)) taken.push(one.webhookId);
        }
        return taken;
      }),
  };
}

/** Ends the leases of a party's webhooks: whoever delivers them stops at its next renewal, and the stream is opened anew. */
export async function endLeases(client: PoolClient, participantId: string): Promise<void> {
  await client.query('UPDATE webhook SET lease_until = NULL WHERE participant_id = $1', [participantId]);
}

async function update(client: PoolClient, holder: string, progress: Progress, at: Date): Promise<boolean> {
  const { webhookId, failures, retryAfterMs } = progress;
  // Whoever changed the webhook meanwhile has said that it is well: a failure of before does not put it off again.
  const { rowCount } = await client.query(
    `UPDATE webhook SET
       cursor = coalesce($5, cursor),
       started_at = CASE WHEN $5::text IS NULL THEN started_at ELSE coalesce(started_at, $4) END,
       last_delivered_at = CASE WHEN $6 THEN $4 ELSE last_delivered_at END,
       failures = coalesce($7, failures),
       failing_since = CASE WHEN coalesce($7, failures) = 0 THEN NULL ELSE coalesce(failing_since, $4) END,
       last_status = CASE WHEN $6 OR $9::text IS NOT NULL THEN $8 ELSE last_status END,
       last_reason = CASE WHEN $6 OR $9::text IS NOT NULL THEN $9 ELSE last_reason END,
       state = CASE WHEN state = 'DISABLED' OR ($10 AND revision = $11) THEN 'DISABLED'
                    WHEN coalesce($7, failures) > 0 THEN 'FAILING' ELSE 'ACTIVE' END,
       next_attempt_at = CASE WHEN $12::timestamptz IS NOT NULL AND revision = $11 THEN $12 ELSE next_attempt_at END,
       lease_until = CASE WHEN $13 THEN NULL ELSE lease_until END
     WHERE id = $1 AND lease_holder = $2 AND lease_number = $3`,
    [
      webhookId,
      holder,
      progress.lease,
      at,
      progress.cursor ?? null,
      progress.hasDelivered,
      failures ?? null,
      progress.status ?? null,
      progress.reason ?? null,
      progress.isDisabled,
      progress.revision,
      retryAfterMs == null ? null : new Date(at.getTime() + retryAfterMs),
      progress.isReleased,
    ],
  );
  if (rowCount === 0) return false;
  for (const letter of progress.deadLetters) {
    await client.query(
      `INSERT INTO webhook_dead_letter (webhook_id, event_id, cursor, type, at, last_status, last_reason, dead_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (webhook_id, event_id) DO UPDATE SET last_status = $6, last_reason = $7, dead_at = $8`,
      [webhookId, letter.eventId, letter.cursor, letter.type, letter.at, letter.status ?? null, letter.reason, at],
    );
  }
  if (progress.replayed.length > 0) {
    await client.query('DELETE FROM webhook_dead_letter WHERE webhook_id = $1 AND event_id = ANY($2)', [
      webhookId,
      progress.replayed,
    ]);
  }
  for (const { eventId, status, reason } of progress.failedReplays) {
    await client.query(
      `UPDATE webhook_dead_letter SET replay_requested_at = NULL, last_status = $3, last_reason = $4
       WHERE webhook_id = $1 AND event_id = $2`,
      [webhookId, eventId, status ?? null, reason],
    );
  }
  return true;
}
