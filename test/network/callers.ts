/**
 * Callers of the hub as tests and the demo need them: log in as a persona or a program, ask, get the answer.
 * A persona's token comes from the demo door of the identity provider, a program's by private_key_jwt (RFC 7523).
 */
import type { JsonWebKey } from 'node:crypto';
import { login } from '@kortelijn/cli/program-client.ts';
import type { JWK } from 'jose';
import type { DemoParticipant } from './demo-network.ts';

export interface Answer<Data = Record<string, unknown>> {
  readonly status: number;
  readonly data: Data | null | undefined;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

export interface Caller {
  token(): Promise<string>;
  /** A new token; a persona's may be asked for a shorter life. */
  freshToken(seconds?: number): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: a test names the shape it asked for, or reads freely.
  ask<Data = any>(
    document: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
}

interface CallersOptions {
  readonly hubUrl: string;
  readonly identityUrl: string;
  readonly audience: string;
  readonly participants: readonly DemoParticipant[];
  clientKey(clientId: string): JsonWebKey;
}

const renewBeforeMs = 10_000;

export function createCallers(options: CallersOptions): (persona: string) => Caller {
  const callers = new Map<string, Caller>();
  return (persona) => {
    const known = callers.get(persona) ?? createCaller(persona, options);
    callers.set(persona, known);
    return known;
  };
}

function createCaller(persona: string, options: CallersOptions): Caller {
  const [participantId, key] = persona.split('/');
  const participant = options.participants.find(({ id }) => id === participantId);
  const person = participant?.personas.find((one) => one.key === key);
  const program = participant?.programs.find(({ clientId }) => clientId === key);
  if (participant === undefined || (person === undefined && program === undefined)) {
    throw new Error(`Expected participant/persona or participant/client id of the demo network, got ${persona}`);
  }
  const issuer = `${options.identityUrl}/${participant.id}`;
  const renew = (seconds?: number) =>
    program === undefined
      ? personaToken(issuer, person?.subject ?? '', seconds)
      : login({
          participant: participant.id,
          issuer,
          clientId: program.clientId,
          scope: program.scope,
          audience: options.audience,
          privateKey: options.clientKey(program.clientId) as JWK,
        });
  let current: { token: string; expiresAtMs: number } | undefined;
  const token = async () => {
    if (current === undefined || current.expiresAtMs - renewBeforeMs < Date.now()) current = await renew();
    return current.token;
  };
  return {
    token,
    freshToken: async (seconds) => (await renew(seconds)).token,
    ask: async (document, variables = {}, headers = {}) => {
      const response = await fetch(`${options.hubUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}`, ...headers },
        body: JSON.stringify({ query: document, variables }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: the answer is what the hub says.
      const body = (await response.json()) as any;
      return { status: response.status, data: body.data, errors: body.errors ?? [], extensions: body.extensions };
    },
  };
}

const personaToken = (issuer: string, persona: string, expiresInSeconds?: number) =>
  tokenFrom(
    `${issuer}/demo/token`,
    { 'content-type': 'application/json' },
    JSON.stringify({ persona, expiresInSeconds }),
  );

async function tokenFrom(url: string, headers: Record<string, string>, body: string) {
  const response = await fetch(url, { method: 'POST', headers, body });
  const answer = (await response.json()) as { access_token?: string; expires_in?: number };
  if (!response.ok || answer.access_token === undefined) {
    throw new Error(`Expected a token from ${url}, got ${response.status} ${JSON.stringify(answer)}`);
  }
  return { token: answer.access_token, expiresAtMs: Date.now() + (answer.expires_in ?? 60) * 1000 };
}
