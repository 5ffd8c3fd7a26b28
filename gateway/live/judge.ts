/** Whether an event is for a reader of a stream, and as what. Pure. */
import { admits, namesPerson, type ParsedReaders, parseReaders } from '@kortelijn/schema/vocabulary/readers.ts';
import type { Caller } from '../transport/caller.ts';
import type { FeedEvent } from './feed-event.ts';
import { registryFeed, type StreamDeclaration } from './stream.ts';

/** What the caller of a stream asked to leave out; undefined for everything. */
export interface StreamFilter {
  readonly participants: ReadonlySet<string> | undefined;
  readonly incidents: ReadonlySet<string> | undefined;
}

export type Verdict =
  /** It is not for this reader. */
  | 'SKIP'
  /** The reader may see the object now: it is resolved. */
  | 'CHANGE'
  /** He could, and cannot any more. */
  | 'GONE'
  /** Single persons are among the readers, so a class cannot stand for its members: each is judged by himself. */
  | 'PERSONAL';

export type Reader = Exclude<Caller, { kind: 'hub' }>;

/** Whether a feed has anything for this stream at all. */
export function takesFeed(
  { feeds }: StreamDeclaration,
  filter: StreamFilter,
  { participant }: Reader,
  feed: string,
): boolean {
  if (feeds === 'CALLER') return feed === participant;
  if (feed === registryFeed) return feeds === 'REGISTRY' || feeds === 'NETWORK';
  if (feeds === 'REGISTRY') return false;
  return filter.participants === undefined || filter.participants.has(feed);
}

export function judge(declaration: StreamDeclaration, filter: StreamFilter, reader: Reader, event: FeedEvent): Verdict {
  if (!declaration.events.some((beginning) => event.type.startsWith(beginning))) return 'SKIP';
  if (!takesFeed(declaration, filter, reader, event.feed)) return 'SKIP';
  if (filter.incidents !== undefined && !filter.incidents.has(event.subjectId)) return 'SKIP';
  const { before, after } = readersOf(event);
  const caller =
    reader.kind === 'subject'
      ? reader
      : { participant: reader.participant, roles: reader.roles, scopes: reader.scopes };
  if (reader.kind === 'class' && (namesPerson(after) || namesPerson(before))) return 'PERSONAL';
  if (admits(after, caller)) return 'CHANGE';
  return admits(before, caller) && declaration.hasGone ? 'GONE' : 'SKIP';
}

/** One event is judged for many readers. */
const parsed = new WeakMap<FeedEvent, { readonly before: ParsedReaders; readonly after: ParsedReaders }>();

export function readersOf(event: FeedEvent): { readonly before: ParsedReaders; readonly after: ParsedReaders } {
  let readers = parsed.get(event);
  if (readers === undefined) {
    readers = { before: parseReaders(event.readersBefore), after: parseReaders(event.readersAfter) };
    parsed.set(event, readers);
  }
  return readers;
}
