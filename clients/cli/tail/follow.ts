/** A stream by the SDK, with its line told in words: open, or broken and why. */
import {
  createClient,
  type Stream as Followed,
  KortelijnError,
  type StreamState,
  type TypedDocument,
} from '@kortelijn/sdk';
import type { Stream, StreamItem } from './streams.ts';

export interface FollowOptions {
  readonly url: string;
  readonly stream: Stream;
  readonly participants: readonly string[] | undefined;
  readonly after: string | undefined;
  /** Called when there is no token yet, or the one there was has expired. */
  readonly token: () => Promise<string>;
  readonly signal: AbortSignal;
  readonly onLine: (line: LineState) => void;
  readonly random?: () => number;
}

export type LineState =
  | { readonly kind: 'open' }
  | { readonly kind: 'broken'; readonly why: string; readonly delayMs: number };

/** What was asked for is wrong: trying again gives the same answer. */
export class WrongUse extends KortelijnError {
  constructor(message: string) {
    super({ code: 'UNAUTHENTICATED', message, retryable: false });
  }
}

interface Asked {
  readonly after?: string | undefined;
  readonly participants?: readonly string[] | undefined;
}

export function follow(options: FollowOptions): Followed<StreamItem> {
  const { url, stream, participants, after, token, signal, onLine, random } = options;
  const hub = createClient({ url, token, ...(random && { random }) });
  const document = stream.document as TypedDocument<{ readonly item: StreamItem }, Asked>;
  return hub.subscribe(document, {
    after,
    signal,
    variables: (cursor) => ({ after: cursor, ...(stream.takesParticipants && { participants }) }),
    onState: toldBy(onLine),
  });
}

function toldBy(onLine: (line: LineState) => void): (state: StreamState) => void {
  let isOpen = false;
  return ({ line, why, retryInMs = 0 }) => {
    if (line === 'OPEN' && !isOpen) onLine({ kind: 'open' });
    if (line === 'WAITING') onLine({ kind: 'broken', why: reasonOf(why), delayMs: retryInMs });
    isOpen = line === 'OPEN';
  };
}

function reasonOf(why: KortelijnError | undefined): string {
  if (why === undefined) return 'The hub ended the stream.';
  return why.said === undefined ? why.message : `${why.said}: ${why.message}`;
}
