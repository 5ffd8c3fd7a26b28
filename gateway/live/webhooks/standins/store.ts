/** Webhooks in memory, leased as the registry leases them: for a time, to one at a time, under a number. */
import type { DeadLetter, Progress, Replay, Webhook, WebhookStore } from '../webhook.ts';

export interface Row {
  webhook: Webhook;
  isDisabled: boolean;
  mayBeSent: boolean;
  holder: string | undefined;
  untilMs: number;
  dueMs: number;
  deliveredCount: number;
  readonly deadLetters: Map<string, DeadLetter & { isWanted: boolean }>;
}

export interface StandInStore extends WebhookStore {
  readonly rows: Map<string, Row>;
  readonly reports: { readonly holder: string; readonly progress: Progress; readonly isTaken: boolean }[];
  add(webhook: Partial<Webhook> & Pick<Webhook, 'id' | 'url'>): Row;
  change(id: string, changes: Partial<Webhook>): void;
  replay(id: string, eventId: string): void;
  /** Whom the line to the store is cut for. */
  readonly cutOff: Set<string>;
}

export const secretA = `whsec_${Buffer.alloc(32, 'a').toString('base64')}`;
export const secretB = `whsec_${Buffer.alloc(32, 'b').toString('base64')}`;

export interface StandInStoreOptions {
  readonly leaseMs?: number;
  /** How long its answers are on their way. */
  readonly answerMs?: number;
}

export function createStandInStore({ leaseMs = 10_000, answerMs = 0 }: StandInStoreOptions = {}): StandInStore {
  const rows = new Map<string, Row>();
  const cutOff = new Set<string>();
  const reports: StandInStore['reports'] = [];
  const nowMs = () => performance.now();
  const reach = (holder: string) => {
    if (cutOff.has(holder)) throw new Error('The registry does not answer: UNREACHABLE.');
  };
  const isFree = ({ untilMs, dueMs }: Row) => untilMs <= nowMs() && dueMs <= nowMs();
  const replaysOf = ({ deadLetters }: Row): Replay[] =>
    [...deadLetters.values()].filter(({ isWanted }) => isWanted).map(({ eventId, cursor }) => ({ eventId, cursor }));
  const rowOf = (id: string): Row => {
    const row = rows.get(id);
    if (row === undefined) throw new Error(`Expected a webhook ${id}.`);
    return row;
  };

  return {
    rows,
    reports,
    cutOff,
    add(webhook) {
      const row: Row = {
        webhook: {
          lease: 0,
          revision: 1,
          participant: 'linde',
          program: 'bord-bouwer',
          scopes: ['incidents:read'],
          secrets: [secretA],
          document: 'subscription { incidentChanged { __typename } }',
          documentId: null,
          variables: {},
          cursor: null,
          failures: 0,
          reason: null,
          replays: [],
          ...webhook,
        },
        isDisabled: false,
        mayBeSent: true,
        holder: undefined,
        untilMs: 0,
        dueMs: 0,
        deliveredCount: 0,
        deadLetters: new Map(),
      };
      rows.set(webhook.id, row);
      return row;
    },
    change(id, changes) {
      const row = rowOf(id);
      row.webhook = { ...row.webhook, ...changes, revision: row.webhook.revision + 1 };
    },
    replay(id, eventId) {
      const letter = rowOf(id).deadLetters.get(eventId);
      if (letter === undefined) throw new Error(`Expected a dead letter ${eventId}.`);
      letter.isWanted = true;
    },
    async lease(holder, max) {
      reach(holder);
      const leased: Webhook[] = [];
      for (const row of rows.values()) {
        if (row.isDisabled || !row.mayBeSent || leased.length >= max) continue;
        if (!(row.holder === holder && row.untilMs > nowMs())) {
          if (!isFree(row)) continue;
          row.webhook = { ...row.webhook, lease: row.webhook.lease + (row.holder === holder ? 0 : 1) };
          row.holder = holder;
        }
        row.untilMs = nowMs() + leaseMs;
        leased.push({ ...row.webhook, replays: replaysOf(row) });
      }
      if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs));
      return { leaseMs, webhooks: leased };
    },
    async report(holder, progress) {
      reach(holder);
      const taken = new Set<string>();
      for (const one of progress) {
        const row = rows.get(one.webhookId);
        const isTaken = row !== undefined && row.holder === holder && row.webhook.lease === one.lease;
        reports.push({ holder, progress: one, isTaken });
        if (!isTaken) continue;
        taken.add(one.webhookId);
        const isSame = row.webhook.revision === one.revision;
        row.webhook = {
          ...row.webhook,
          cursor: one.cursor ?? row.webhook.cursor,
          failures: one.failures ?? row.webhook.failures,
          reason: one.hasDelivered ? null : (one.reason ?? row.webhook.reason),
        };
        if (one.hasDelivered) row.deliveredCount += 1;
        if (one.retryAfterMs !== undefined && isSame) row.dueMs = nowMs() + one.retryAfterMs;
        if (one.isDisabled && isSame) row.isDisabled = true;
        if (one.isReleased) row.untilMs = 0;
        for (const letter of one.deadLetters) row.deadLetters.set(letter.eventId, { ...letter, isWanted: false });
        for (const id of one.replayed) row.deadLetters.delete(id);
        for (const { eventId, ...failed } of one.failedReplays) {
          const letter = row.deadLetters.get(eventId);
          if (letter) row.deadLetters.set(eventId, { ...letter, ...failed, isWanted: false });
        }
      }
      return taken;
    },
  };
}
