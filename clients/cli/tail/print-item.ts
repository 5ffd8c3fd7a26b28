/** What a person reads of an item. Texts come from many hands: what would steer a terminal is taken out. */
import type { FeedStatus, Party, StreamItem } from './streams.ts';

export interface Printing {
  readonly colour: boolean;
  /** The reader's own when left out. */
  readonly timeZone?: string;
}

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;
export type Paint = (style: keyof typeof codes, text: string) => string;

export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;

export function printItem(item: StreamItem, { colour, timeZone }: Printing): string {
  const paint = painter(colour);
  const time = paint('dim', clock(item.at ?? item.to, timeZone));
  const at = partyName(item).padEnd(14);
  switch (item.__typename) {
    case 'Heartbeat':
      return `${time}  ${printFeeds(item.feeds ?? [], paint)}`;
    case 'Gap': {
      const from = item.from ? `from ${clock(item.from, timeZone)} ` : '';
      const until = `until ${clock(item.to, timeZone)}`;
      return `${time}  ${at} ${paint('yellow', `GAP ${item.reason}`)}  changes ${from}${until} are missing: ask this part anew`;
    }
    case 'Gone':
      return `${time}  ${at} ${paint('yellow', 'gone'.padEnd(26))} ${clean(item.subjectId)}`;
    default:
      return `${time}  ${at} ${paint('cyan', clean(item.type ?? item.__typename).padEnd(26))} ${subject(item, paint)}`.trimEnd();
  }
}

/** `live  7 feeds, slowest linde 0.4 s`, and who is silent or behind. */
export function printFeeds(feeds: readonly FeedStatus[], paint: Paint): string {
  const trouble = feeds.filter(({ state }) => state !== 'LIVE');
  const slowest = [...feeds].sort((a, b) => (b.lagMs ?? 0) - (a.lagMs ?? 0))[0];
  const lag = slowest === undefined ? '' : `, slowest ${partyName(slowest)} ${seconds(slowest.lagMs)}`;
  const count = `${feeds.length} feed${feeds.length === 1 ? '' : 's'}`;
  if (trouble.length === 0) return `${paint('green', 'live')}  ${count}${lag}`;
  const named = trouble.map((feed) => `${partyName(feed)} ${feed.state.toLowerCase()} (${seconds(feed.lagMs)})`);
  return `${paint('red', 'not whole')}  ${count}; ${named.join(', ')}`;
}

function subject({ incident, networkIncident, notification }: StreamItem, paint: Paint): string {
  if (incident) {
    const { priority, state, title, reference, id } = incident;
    const first = priority === 'P1' ? paint('red', priority) : (priority ?? '–');
    return [paint('bold', clean(reference ?? id)), first, state ?? '', clean(title ?? '')].filter(Boolean).join('  ');
  }
  if (networkIncident) return [networkIncident.id, networkIncident.title ?? ''].map(clean).join('  ').trimEnd();
  if (notification) return [notification.kind, notification.id].map(clean).join('  ');
  return '';
}

const partyName = ({ participant, registry }: { readonly participant?: Party; readonly registry?: boolean }): string =>
  clean(registry ? 'registry' : (participant?.id ?? ''));

const seconds = (ms: number | null): string => (ms === null ? 'never heard' : `${(ms / 1000).toFixed(1)} s`);

function clock(at: string | null | undefined, timeZone: string | undefined): string {
  if (!at) return '--:--:--';
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Date(at).toLocaleTimeString('nl-NL', { hour12: false, ...zone });
}

/** Control characters, the C1 range and what turns the direction of writing around. */
const steering = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

export const clean = (text: string | undefined): string => (text ?? '').replace(steering, '�');
