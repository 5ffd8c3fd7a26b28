/** What the hub sends along to an endpoint: who calls, and that these are the bytes. */
import type { Asserted, SignAssertion } from './assertion.ts';
import type { Seals } from './seal.ts';

export interface ProofRequest {
  readonly endpoint: string;
  readonly method: 'POST';
  readonly path: string;
  readonly body: string;
  readonly document: string;
  readonly caller: Asserted;
  readonly isBound: boolean;
  readonly endpointNowMs: number;
}

/** The headers to send; undefined when the endpoint has no registered key to seal for. */
export type Prove = (request: ProofRequest) => Readonly<Record<string, string>> | undefined;

export function createProof(signAssertion: SignAssertion, seals: Seals): Prove {
  return ({ endpoint, method, path, body, document, caller, isBound, endpointNowMs }) => {
    const bound = isBound ? { document, body } : undefined;
    const assertion = signAssertion({ endpoint, caller, endpointNowMs, ...(bound && { bound }) });
    const seal = seals.seal(endpoint, { method, path, body, assertion }, endpointNowMs);
    return seal === undefined ? undefined : { 'kortelijn-assertion': assertion, 'kortelijn-seal': seal };
  };
}
