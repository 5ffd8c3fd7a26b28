/** The public surface. `graphql` and `overWebSocket` have entries of their own: who does not use them does not load them. */
export type { TokenRequest } from './auth.ts';
export {
  type Answer,
  type Client,
  type ClientOptions,
  type CommandVariables,
  createClient,
  type ItemOf,
  type RequestOptions,
  type SubscribeOptions,
} from './client.ts';
export type { Coverage } from './coverage.ts';
export type { TypedDocument } from './document.ts';
export type { Door } from './door.ts';
export type { RuleCode } from './error-codes.ts';
export { type ClientCode, type Failure, type HubCode, type KortelijnCode, KortelijnError } from './errors.ts';
export type { StreamItem } from './place.ts';
export { overSse } from './sse.ts';
export type { Stream, StreamState } from './stream.ts';
