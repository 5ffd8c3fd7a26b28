/** Whether this process lives, whether it can take requests, and how the network looks from here. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError } from '../errors.ts';
import type { Authority } from '../identity/authority.ts';
import type { VerifyToken } from '../identity/verify.ts';
import { sendJson, sendRefusal } from './answers.ts';
import type { Handle } from './graphql.ts';

export interface ParticipantHealth {
  readonly id: string;
  readonly accessionState: string;
  readonly breaker: string;
  readonly skewMs: number;
}

export interface HealthOptions {
  /** Why this process cannot take requests; empty when it can. */
  readonly notReady: () => readonly string[];
  readonly network: () => { readonly directoryVersion: number; readonly participants: readonly ParticipantHealth[] };
  readonly verify: VerifyToken;
  /** The state of each participant as the hub sees it is for the foundation only. */
  readonly maySeeNetwork: (authority: Authority) => boolean;
}

export interface Health {
  readonly live: Handle;
  readonly ready: Handle;
  readonly network: Handle;
}

export function createHealth({ notReady, network, verify, maySeeNetwork }: HealthOptions): Health {
  return {
    live: async (_request: IncomingMessage, response: ServerResponse) => sendJson(response, 200, { live: true }),
    async ready(_request, response) {
      const reasons = notReady();
      sendJson(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
    },
    async network(request, response) {
      const verified = await verify(request.headers.authorization);
      if (!verified.ok)
        return sendRefusal(response, { errors: [hubError(verified.code)], headers: { 'www-authenticate': 'Bearer' } });
      if (!maySeeNetwork(verified.authority)) return sendRefusal(response, { errors: [hubError('FORBIDDEN')] });
      sendJson(response, 200, network());
    },
  };
}
