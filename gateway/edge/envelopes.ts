/**
 * The one other door: an endpoint hands in an envelope for another, sealed under its own pair key, and gets the
 * receiver's signed receipt. The hub reads whom it is for, forwards it and keeps nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, isErrorCode } from '@kortelijn/schema/errors/codes.ts';
import { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import type { Seals } from '../identity/seal.ts';
import type { Telemetry } from '../telemetry/events.ts';
import { sendJson, sendRefusal, statusOf } from './answers.ts';
import type { Handle } from './graphql.ts';
import { isUnread, readBody } from './read-body.ts';

/** Sends an envelope to its receiver and answers with the receipt, or with why there is none. */
export type Forward = (
  receiver: string,
  envelope: string,
) => Promise<{ readonly receipt: string } | { readonly code: string }>;

/** The endpoints that may stand at this door: everyone in the directory but who left, and the registry. */
export type KnownEndpoint = (name: string) => boolean;

export interface EndpointDoorOptions {
  readonly seals: Seals;
  readonly isKnown: KnownEndpoint;
  readonly now: () => number;
}

export interface EnvelopeDoorOptions extends EndpointDoorOptions {
  readonly forward: Forward;
  readonly telemetry: Telemetry;
}

/** An import in one envelope is large text; more is not one message. */
const bodyBytesMax = 512 * 1024;

export function createEnvelopeDoor(options: EnvelopeDoorOptions): Handle {
  const { forward, isKnown, telemetry, now } = options;
  return async (request, response) => {
    const startedAt = performance.now();
    const sent = await sealedRequest(request, response, options);
    if (sent === undefined) return;
    const envelope = envelopeIn(sent.body);
    if (envelope instanceof GraphQLError) return sendRefusal(response, { errors: [envelope] });
    const { to, from, jws } = envelope;
    response.setHeader('kortelijn-time', String(Math.round(now())));
    if (from !== sent.from) {
      return sendRefusal(response, {
        errors: [hubError('BAD_REQUEST', `Expected an envelope from ${sent.from}, found one from another.`)],
      });
    }
    if (!isKnown(to)) return sendRefusal(response, { errors: [hubError('UNKNOWN_PARTICIPANT')] });
    const result = await forward(to, jws);
    const durationMs = Math.round(performance.now() - startedAt);
    if ('receipt' in result) {
      telemetry.envelopeForwarded({ sender: from, receiver: to, result: 'RECEIPT', durationMs });
      return sendJson(response, 200, { receipt: result.receipt });
    }
    const code: ErrorCode = isErrorCode(result.code) ? result.code : 'INTERNAL';
    telemetry.envelopeForwarded({ sender: from, receiver: to, result: code, durationMs });
    sendRefusal(response, {
      errors: [hubError(code, undefined, { participant: to })],
      status: Math.max(statusOf(code), 502),
    });
  };
}

/** Asks an endpoint for its SDL under the hub's own name. */
export type ReadContract = (participant: string) => Promise<{ readonly sdl: string } | { readonly code: string }>;

export interface ContractDoorOptions extends EndpointDoorOptions {
  readonly readContract: ReadContract;
}

/** The registry asks what the schema of a party is before it lets it take part; nobody else is answered here. */
export function createContractDoor(options: ContractDoorOptions): Handle {
  const { isKnown, readContract } = options;
  return async (request, response) => {
    const sent = await sealedRequest(request, response, options);
    if (sent === undefined) return;
    if (sent.from !== 'registry') return sendRefusal(response, { errors: [hubError('FORBIDDEN')] });
    const participant = participantIn(sent.body);
    if (participant === undefined || !isKnown(participant)) {
      return sendRefusal(response, { errors: [hubError('UNKNOWN_PARTICIPANT')] });
    }
    const result = await readContract(participant);
    if ('sdl' in result) return sendJson(response, 200, { sdl: result.sdl });
    const code: ErrorCode = isErrorCode(result.code) ? result.code : 'INTERNAL';
    sendRefusal(response, {
      errors: [hubError(code, undefined, { participant })],
      status: Math.max(statusOf(code), 502),
    });
  };
}

function participantIn(body: Buffer): string | undefined {
  try {
    const { participant } = JSON.parse(body.toString('utf8')) as { participant?: unknown };
    return typeof participant === 'string' ? participant : undefined;
  } catch {
    return undefined;
  }
}

export interface DirectoryDoorOptions extends EndpointDoorOptions {
  /** The registry's signed directory, as it came; undefined before the first one. */
  readonly signedDirectory: () => string | undefined;
}

export function createDirectoryDoor(options: DirectoryDoorOptions): Handle {
  return async (request, response) => {
    if ((await sealedRequest(request, response, options)) === undefined) return;
    const directory = options.signedDirectory();
    if (directory === undefined) return sendRefusal(response, { errors: [hubError('UNREACHABLE')], status: 503 });
    response.writeHead(200, { 'content-type': 'application/jwt', 'cache-control': 'no-store' });
    response.end(directory);
  };
}

/** Reads the request and proves whose it is; undefined when it was refused and answered. */
async function sealedRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { seals, isKnown, now }: EndpointDoorOptions,
): Promise<{ readonly from: string; readonly body: Buffer } | undefined> {
  response.setHeader('kortelijn-time', String(Math.round(now())));
  const { 'kortelijn-from': from, 'kortelijn-seal': seal } = request.headers;
  const refuse = (error: GraphQLError): undefined => {
    if (isUnread(request)) response.setHeader('connection', 'close');
    sendRefusal(response, { errors: [error] });
    return undefined;
  };
  // One answer for who is unknown and for whose seal is wrong.
  if (typeof from !== 'string' || typeof seal !== 'string') return refuse(hubError('NOT_TRUSTED'));
  const body = await readBody(request, bodyBytesMax);
  if (body instanceof GraphQLError) return refuse(body);
  const sealed = { method: request.method ?? '', path: request.url ?? '', body, assertion: '' };
  const verdict = isKnown(from) ? seals.verify(from, sealed, seal) : 'BAD';
  if (verdict === 'GOOD') return { from, body };
  return refuse(hubError(verdict === 'CLOCK_SKEW' ? 'CLOCK_SKEW' : 'NOT_TRUSTED'));
}

/** Who it is for, as it says itself. That the sender signed it is for the receiver to verify. */
function envelopeIn(body: Buffer): { readonly jws: string; readonly to: string; readonly from: string } | GraphQLError {
  try {
    const { envelope } = JSON.parse(body.toString('utf8')) as { envelope: string };
    const claims = JSON.parse(Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      to?: unknown;
      from?: unknown;
    };
    if (typeof claims.to === 'string' && typeof claims.from === 'string')
      return { jws: envelope, to: claims.to, from: claims.from };
  } catch {
    // Falls through to the refusal.
  }
  return hubError('BAD_REQUEST', 'Expected {"envelope": "<compact JWS>"} with "to" and "from", found something else.');
}
