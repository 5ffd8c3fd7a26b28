/** A stream over a list in memory: whoever opens it gets what stands after his cursor, and a heartbeat now and then. */
import type { OpenStream, WebhookItem } from '../webhook.ts';

type Item = Extract<WebhookItem, { kind: 'item' }>;

export interface ItemLog {
  readonly open: OpenStream;
  /** Answers with the id. */
  append(item?: Partial<Item>): string;
  readonly ids: () => string[];
  /** Why it does not open; undefined when it does. */
  refusal: string | undefined;
  /** How often it was opened, and after what. */
  readonly openings: (string | undefined)[];
}

export function createItemLog(heartbeatMs = 15): ItemLog {
  const items: Item[] = [];
  const wakers = new Set<() => void>();
  const cursorOf = (index: number) => `c${index}`;

  async function* follow(after: string | undefined, signal: AbortSignal): AsyncGenerator<WebhookItem, void> {
    let index = after === undefined ? items.length : Number(after.slice(1));
    while (!signal.aborted) {
      const item = items[index];
      if (item !== undefined) {
        index += 1;
        yield item;
        continue;
      }
      const isWoken = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(done, heartbeatMs, false);
        const wake = () => done(true);
        function done(value: boolean): void {
          clearTimeout(timer);
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve(value);
        }
        wakers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
      if (!isWoken) yield { kind: 'heartbeat', cursor: cursorOf(index) };
    }
  }

  const log: ItemLog = {
    refusal: undefined,
    openings: [],
    ids: () => items.map(({ id }, index) => id ?? `gap ${index}`),
    append(item = {}) {
      const id = `event-${items.length + 1}`;
      items.push({
        kind: 'item',
        id,
        cursor: cursorOf(items.length + 1),
        type: 'incident.changed',
        at: new Date().toISOString(),
        data: { __typename: 'IncidentChange', n: items.length + 1 },
        errors: [],
        ...item,
      });
      for (const wake of [...wakers]) wake();
      return id;
    },
    async open(_webhook, after, signal) {
      log.openings.push(after);
      return log.refusal === undefined
        ? { kind: 'open', items: follow(after, signal) }
        : { kind: 'refused', code: log.refusal };
    },
  };
  return log;
}
