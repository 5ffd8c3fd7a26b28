/** How a stream comes in: one subscription over one wire, opened once. Coming back is stream.ts, over any door. */
import type { Result } from './ask.ts';
import type { Auth } from './auth.ts';
import type { KortelijnError } from './errors.ts';

/** The hub as a door needs it. */
export interface HubAddress {
  /** Its GraphQL address over HTTP, absolute. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly auth: Auth;
}

export interface Opening {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly onResult: (result: Result) => void;
  /**
   * Once, whatever happens, and not before `open` has answered; with nothing when the hub completed the stream without a
   * word. The door has told `auth` when a token was called expired.
   */
  readonly onEnd: (why: KortelijnError | undefined) => void;
}

export interface Line {
  /** Says, where that can be said, that no more is wanted. Nothing is told any more. */
  close(): void;
  /** Gives up a line on which nothing is heard: with others on the same wire. */
  drop(): void;
}

/** Made by `overSse` or `overWebSocket`. */
export type Door = (hub: HubAddress) => (opening: Opening) => Line;
