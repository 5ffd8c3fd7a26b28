/**
 * The port through which the hub proves to an endpoint who asks. Identity fills it in; gateway.ts hands it over,
 * so that transport knows no key.
 */
import type { Caller } from './caller.ts';

export interface SealRequest {
  readonly endpoint: string;
  readonly method: 'POST';
  /** Path and query, as on the request line. */
  readonly path: string;
  readonly body: string;
  readonly document: string;
  readonly caller: Caller;
  /** A mutation or a read of personal data: the assertion itself must carry the hash of the body. */
  readonly isBound: boolean;
  /** The endpoint's clock, as last measured. */
  readonly endpointNowMs: number;
}

/** The headers to send; undefined when the endpoint has no key to seal for. */
export type Seal = (request: SealRequest) => Readonly<Record<string, string>> | undefined;
