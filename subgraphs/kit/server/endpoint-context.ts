import type { BaseContext } from '@apollo/server';
import type { Caller } from '../trust/caller.ts';

/** What every resolver may know of a request; a service adds its stores and loaders. */
export interface EndpointContext extends BaseContext {
  readonly caller: Caller;
  now(): number;
  /** This endpoint's name. */
  readonly endpoint: string;
  /** The hub's, when it sent one; joins our log to its. */
  readonly requestId: string;
  /** Only of a subscription: told when nobody reads it any more. */
  readonly signal?: AbortSignal;
}
