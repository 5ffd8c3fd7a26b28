/** Reads what an endpoint gives as a page of its feed. A page that is none is refused whole, with what was expected. */
import type { FeedEvent, FeedGapReason, Position } from '../feed-event.ts';
import type { Page, PageGap } from './feed-source.ts';

/** `asked` is where reading was to go on from; a gap that does not say so begins there. */
export function readPage(feed: string, given: unknown, asked: Position | undefined): Page {
  const page = object(given, 'a page');
  const epoch = text(page.epoch, 'epoch', 64);
  const head = positionOf(page.head, 'head');
  if (head.epoch !== epoch) throw breach('a head of the epoch of its page', head.epoch);
  if (!Array.isArray(page.changes) || page.changes.length > changesMax) {
    throw breach(`a list of at most ${changesMax} changes`, page.changes);
  }
  const events = page.changes.map((change) => readEvent(feed, epoch, change));
  const gap = page.gap === null || page.gap === undefined ? undefined : gapOf(page.gap, asked);
  return { head, events, ...(gap && { gap }) };
}

export const positionText = ({ epoch, seq }: Position): string => `${epoch}:${seq}`;

const changesMax = 1_000;
const readersMax = 1_000;
const reasons: ReadonlySet<string> = new Set(['RETENTION', 'RESTORED', 'FUTURE_CURSOR'] satisfies FeedGapReason[]);

export function readEvent(feed: string, epoch: string, given: unknown): FeedEvent {
  const change = object(given, 'a change');
  const seq = typeof change.seq === 'string' && /^[1-9]\d{0,14}$/.test(change.seq) ? Number(change.seq) : undefined;
  if (seq === undefined) throw breach('a number under seq', change.seq);
  const at = text(change.at, 'at', 40);
  if (Number.isNaN(Date.parse(at))) throw breach('an instant under at', at);
  return {
    id: text(change.id, 'id', 100),
    feed,
    epoch,
    seq,
    at,
    type: text(change.type, 'type', 100),
    subjectId: text(change.subjectId, 'subjectId', 200),
    actorRole: change.actorRole === null ? null : text(change.actorRole, 'actorRole', 60),
    readersBefore: readersOf(change.readersBefore, 'readersBefore'),
    readersAfter: readersOf(change.readersAfter, 'readersAfter'),
    keys: keysOf(change.keys),
  };
}

function gapOf(given: unknown, asked: Position | undefined): PageGap {
  const gap = object(given, 'a gap');
  if (typeof gap.reason !== 'string' || !reasons.has(gap.reason)) throw breach('a known reason of a gap', gap.reason);
  const from = typeof gap.from === 'string' ? positionOf(gap.from, 'from') : asked;
  return { reason: gap.reason as FeedGapReason, to: positionOf(gap.to, 'to'), ...(from && { from }) };
}

export function positionOf(given: unknown, name: string): Position {
  const [, epoch, seq] = (typeof given === 'string' && /^([A-Za-z0-9-]{1,64}):(\d{1,15})$/.exec(given)) || [];
  if (epoch === undefined) throw breach(`epoch, colon, number under ${name}`, given);
  return { epoch, seq: Number(seq) };
}

function readersOf(given: unknown, name: string): readonly string[] {
  const isList = Array.isArray(given) && given.length <= readersMax;
  if (isList && given.every((one) => typeof one === 'string' && one.length <= 2_000)) return given;
  throw breach(`a list of readers under ${name}`, given);
}

/** What filters look at. */
function keysOf(given: unknown): Readonly<Record<string, unknown>> {
  if (given === null || given === undefined) return {};
  if (typeof given !== 'string') throw breach('JSON under keys', given);
  try {
    return object(JSON.parse(given), 'an object under keys');
  } catch {
    throw breach('a JSON object under keys', given);
  }
}

function text(given: unknown, name: string, lengthMax: number): string {
  if (typeof given === 'string' && given !== '' && given.length <= lengthMax) return given;
  throw breach(`a text of at most ${lengthMax} characters under ${name}`, given);
}

function object(given: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw breach(what, given);
  return { ...given };
}

/** What was found is named by its kind only: it is the endpoint's text. */
const breach = (expected: string, found: unknown): Error =>
  new Error(`The feed breaks the contract: expected ${expected}, found ${found === null ? 'null' : typeof found}.`);
