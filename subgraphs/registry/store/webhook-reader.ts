/** Webhooks as their own participant's servicemanager and their own program read them; for everyone else there are none. */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { Viewer } from '../domain/viewer.ts';
import { manages, refuseViewer, SECRET_SHOWN_MS, type WebhookState } from '../domain/webhook.ts';

export interface WebhookShape {
  readonly id: string;
  readonly participantId: string;
  readonly program: string;
  readonly scopes: string[];
  readonly url: string;
  readonly document: string | null;
  readonly documentId: string | null;
  readonly variables: unknown;
  readonly previousUntil: Date | null;
  readonly state: WebhookState;
  readonly startedAt: Date | null;
  readonly lastDeliveredAt: Date | null;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly lastStatus: number | null;
  readonly lastReason: string | null;
  readonly nextAttemptAt: Date;
  readonly createdAt: Date;
  readonly deadLetterCount: number;
}

export interface DeadLetterShape {
  readonly eventId: string;
  readonly type: string;
  readonly at: Date;
  readonly lastStatus: number | null;
  readonly lastReason: string;
  readonly deadAt: Date;
  readonly replayRequestedAt: Date | null;
}

export interface WebhookReader {
  all(): Promise<readonly WebhookShape[]>;
  one(id: string): Promise<WebhookShape | null>;
  /** Newest first. */
  deadLetters(webhookId: string, first: number): Promise<readonly DeadLetterShape[]>;
  /** Only just after it was made: for the answer to the command that made it, and for the repetition of that. */
  secret(id: string): Promise<string | null>;
}

const WEBHOOKS = `
  SELECT id, participant_id AS "participantId", program, scopes, url, document, document_id AS "documentId", variables,
         previous_until AS "previousUntil", state, started_at AS "startedAt", last_delivered_at AS "lastDeliveredAt",
         failures, failing_since AS "failingSince", last_status AS "lastStatus", last_reason AS "lastReason",
         next_attempt_at AS "nextAttemptAt", created_at AS "createdAt",
         (SELECT count(*)::int FROM webhook_dead_letter WHERE webhook_id = webhook.id) AS "deadLetterCount"
  FROM webhook`;

export function createWebhookReader(pool: Pool, viewer: Viewer, now: () => number): WebhookReader {
  const one: WebhookReader['one'] = async (id) => {
    const { rows } = await pool.query<WebhookShape>(`${WEBHOOKS} WHERE id = $1`, [id]);
    return rows[0] && manages(viewer, rows[0]) ? rows[0] : null;
  };
  return {
    one,
    async all() {
      if (refuseViewer(viewer)) return [];
      const { rows } = await pool.query<WebhookShape>(`${WEBHOOKS} WHERE participant_id = $1 ORDER BY id`, [
        viewer.participant,
      ]);
      return rows.filter((webhook) => manages(viewer, webhook));
    },
    // Reached through a webhook that this caller was given.
    async deadLetters(webhookId, first) {
      const { rows } = await pool.query<DeadLetterShape>(
        `SELECT event_id AS "eventId", type, at, last_status AS "lastStatus", last_reason AS "lastReason",
                dead_at AS "deadAt", replay_requested_at AS "replayRequestedAt"
         FROM webhook_dead_letter WHERE webhook_id = $1 ORDER BY dead_at DESC, event_id DESC LIMIT $2`,
        [webhookId, first],
      );
      return rows;
    },
    async secret(id) {
      const { rows } = await pool.query(
        'SELECT participant_id AS "participantId", program, secret FROM webhook WHERE id = $1 AND secret_at >= $2',
        [id, new Date(now() - SECRET_SHOWN_MS)],
      );
      return rows[0] && manages(viewer, rows[0]) ? rows[0].secret : null;
    },
  };
}
