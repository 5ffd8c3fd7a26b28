/** Registering, changing and removing webhooks, and asking for what was given up on. Delivering is the hub's work. */
import { randomBytes } from 'node:crypto';
import { newId } from '@kortelijn/schema/vocabulary/ids.ts';
import { invalidInput, notAllowed, notFound, type Refusal } from '../domain/refusal.ts';
import {
  manages,
  programOf,
  ROTATION_MS,
  refuseAddress,
  refuseScopes,
  refuseViewer,
  urlNotAllowed,
  variablesOf,
  WEBHOOKS_MAX,
} from '../domain/webhook.ts';
import type { ChangeWebhook, RegisterWebhook, ReplayWebhook, WebhookCommand } from './inputs.ts';
import type { Result, Run } from './run.ts';
import { refuseDocument } from './webhook-document.ts';

/** 32 random bytes, in the words of the Standard Webhooks specification. */
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

export async function register(run: Run, input: RegisterWebhook): Promise<Result> {
  const { office, client, viewer, at } = run;
  const refused = refuseViewer(viewer);
  if (refused) return refused;
  const program = programOf(viewer, input.program);
  if (typeof program !== 'string') return program;
  const variables = variablesOf(input.variables);
  if ('kind' in variables) return variables;
  const wrong =
    refuseScopes(viewer, input.scopes) ??
    refuseDocument(input.document, input.documentId) ??
    (await refuseTarget(run, input.url));
  if (wrong) return wrong;
  // Its participant's row is held, so that two at once do not both find the last place free.
  await client.query('SELECT id FROM participant WHERE id = $1 FOR UPDATE', [viewer.participant]);
  const { rows } = await client.query('SELECT count(*)::int AS count FROM webhook WHERE participant_id = $1', [
    viewer.participant,
  ]);
  if (rows[0].count >= WEBHOOKS_MAX) {
    return notAllowed('TOO_MANY_WEBHOOKS', `Expected at most ${WEBHOOKS_MAX} webhooks of one participant.`);
  }
  const id = newId(office.foundation, 'whk', at.getTime());
  await client.query(
    `INSERT INTO webhook (id, participant_id, program, scopes, url, document, document_id, variables, secret, secret_at,
                          state, revision, failures, next_attempt_at, lease_number, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'ACTIVE', 1, 0, $10, 0, $10)`,
    [
      id,
      viewer.participant,
      program,
      [...new Set(input.scopes)],
      input.url,
      input.document ?? null,
      input.documentId ?? null,
      variables.json,
      newSecret(),
      at,
    ],
  );
  return { kind: 'WebhookSecretShown', webhookId: id };
}

export async function change(run: Run, input: ChangeWebhook): Promise<Result> {
  const { client, viewer, at } = run;
  const { url, scopes, enabled } = input;
  if (url == null && scopes == null && enabled == null) {
    return invalidInput('NOTHING_TO_CHANGE', 'input', 'Expected a url, scopes or enabled, found none of them.');
  }
  // Before the row is held: looking a name up may take long.
  const wrong =
    refuseViewer(viewer) ??
    (scopes ? refuseScopes(viewer, scopes) : undefined) ??
    (url == null ? undefined : await refuseTarget(run, url));
  if (wrong) return wrong;
  const found = await lockOwn(run, input);
  if ('kind' in found) return found;
  const state = enabled == null ? found.state : !enabled ? 'DISABLED' : found.failures > 0 ? 'FAILING' : 'ACTIVE';
  await client.query(
    `UPDATE webhook SET url = coalesce($2, url), scopes = coalesce($3, scopes), state = $4, revision = revision + 1,
            next_attempt_at = $5 WHERE id = $1`,
    [input.webhookId, url ?? null, scopes ? [...new Set(scopes)] : null, state, at],
  );
  return { kind: 'WebhookChanged', webhookId: input.webhookId };
}

export async function rotate(run: Run, input: WebhookCommand): Promise<Result> {
  const { client, at } = run;
  const found = await lockOwn(run, input);
  if ('kind' in found) return found;
  await client.query(
    `UPDATE webhook SET previous_secret = secret, previous_until = $2, secret = $3, secret_at = $4,
            revision = revision + 1 WHERE id = $1`,
    [input.webhookId, new Date(at.getTime() + ROTATION_MS), newSecret(), at],
  );
  return { kind: 'WebhookSecretShown', webhookId: input.webhookId };
}

export async function remove(run: Run, input: WebhookCommand): Promise<Result> {
  const found = await lockOwn(run, input);
  if ('kind' in found) return found;
  await run.client.query('DELETE FROM webhook WHERE id = $1', [input.webhookId]);
  return { kind: 'WebhookRemoved', webhookId: input.webhookId };
}

export async function replay(run: Run, input: ReplayWebhook): Promise<Result> {
  const { client, at } = run;
  const found = await lockOwn(run, input);
  if ('kind' in found) return found;
  const { webhookId, deadLetter, since } = input;
  if ((deadLetter == null) === (since == null)) {
    return invalidInput('TEXT_REQUIRED', 'input.deadLetter', 'Expected either `deadLetter` or `since`.');
  }
  if (found.state === 'DISABLED') {
    const message = 'A webhook that is disabled sends nothing: enable it first.';
    return {
      kind: 'StateDoesNotAllow',
      message,
      event: 'replay',
      state: found.state,
      allowedFrom: ['ACTIVE', 'FAILING'],
    };
  }
  const { rowCount } = await client.query(
    `UPDATE webhook_dead_letter SET replay_requested_at = $4
     WHERE webhook_id = $1 AND (event_id = $2 OR at >= $3)`,
    [webhookId, deadLetter ?? null, since ?? null, at],
  );
  if (rowCount === 0 && deadLetter != null) return notFound(deadLetter);
  // Whoever asks says that the receiver is well: what still waits for its next attempt goes now.
  await client.query('UPDATE webhook SET next_attempt_at = $2 WHERE id = $1', [webhookId, at]);
  return { kind: 'WebhookChanged', webhookId };
}

interface Own {
  readonly state: string;
  readonly failures: number;
}

/** Another's webhook is as absent as one that never was. */
async function lockOwn({ client, viewer }: Run, { webhookId }: WebhookCommand): Promise<Own | Refusal> {
  const refused = refuseViewer(viewer);
  if (refused) return refused;
  const { rows } = await client.query(
    `SELECT participant_id AS "participantId", program, state, failures FROM webhook WHERE id = $1 FOR UPDATE`,
    [webhookId],
  );
  return rows[0] && manages(viewer, rows[0]) ? rows[0] : notFound(webhookId);
}

/** Judged as it is written and then by where its name leads; at every connection it is judged anew. */
async function refuseTarget({ office }: Run, url: string): Promise<Refusal | undefined> {
  const wrong = refuseAddress(url, office.egress.allowed);
  if (wrong) return wrong;
  const found = await office.egress.refuse(new URL(url));
  return found && urlNotAllowed(found);
}
