/**
 * Gathers how far webhooks came and writes it to their store now and then, in one report. What a report that was lost
 * said is said again; a webhook whose lease is another's by then is told to stop.
 */
import type { Progress, Webhook, WebhookStore } from './webhook.ts';

export type Note = Partial<Omit<Progress, 'webhookId' | 'lease' | 'revision'>>;

export interface Ledger {
  note(webhook: Webhook, note: Note): void;
  /** Whether something of this webhook is still to be written. */
  isPending(id: string): boolean;
  /** Writes what there is; answers with what was not taken in, because the lease is lost. */
  flush(): Promise<readonly Progress[]>;
}

export function createLedger(store: WebhookStore, holder: string): Ledger {
  let pending = new Map<string, Progress>();
  let flushing: Promise<readonly Progress[]> = Promise.resolve([]);

  const write = async (): Promise<readonly Progress[]> => {
    if (pending.size === 0) return [];
    const written = pending;
    pending = new Map();
    try {
      const taken = await store.report(holder, [...written.values()]);
      return [...written.values()].filter(({ webhookId }) => !taken.has(webhookId));
    } catch (error) {
      for (const [id, older] of written) {
        const newer = pending.get(id);
        pending.set(id, newer === undefined ? older : joined(older, newer));
      }
      throw error;
    }
  };

  return {
    note({ id, lease, revision }, note) {
      const before = pending.get(id);
      const nothing = { hasDelivered: false, isDisabled: false, isReleased: false };
      const empty = { deadLetters: [], replayed: [], failedReplays: [] };
      const next: Progress = { webhookId: id, lease, revision, ...nothing, ...empty, ...note };
      pending.set(id, before === undefined ? next : joined(before, next, note));
    },
    isPending: (id) => pending.has(id),
    flush() {
      // One at a time: a report that is overtaken would set a cursor back.
      const next = flushing.then(write, write);
      flushing = next.catch(() => []);
      return next;
    },
  };
}

/** Of another lease nothing is carried over: the registry has told since where it stands. */
function joined(older: Progress, newer: Progress, said: Note = newer): Progress {
  if (older.lease !== newer.lease) return newer;
  return {
    ...older,
    ...withoutUndefined(said),
    revision: newer.revision,
    hasDelivered: older.hasDelivered || newer.hasDelivered,
    isDisabled: older.isDisabled || newer.isDisabled,
    isReleased: older.isReleased || newer.isReleased,
    deadLetters: [...older.deadLetters, ...newer.deadLetters],
    replayed: [...older.replayed, ...newer.replayed],
    failedReplays: [...older.failedReplays, ...newer.failedReplays],
  };
}

const withoutUndefined = (note: Note): Note =>
  Object.fromEntries(Object.entries(note).filter(([, value]) => value !== undefined));
