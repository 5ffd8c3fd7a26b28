/**
 * The demo's short cut to a token, for tests, the command line and the explorer: name a persona or a program, get an
 * access token signed with the issuer's own key, as if that person had just logged in.
 */
import { createPrivateKey, type JsonWebKey, randomUUID, sign } from 'node:crypto';
import type { IdentityParticipant } from './personas.ts';

export interface DemoTokenOptions {
  readonly participant: IdentityParticipant;
  readonly issuer: string;
  readonly key: JsonWebKey;
  readonly audience: string;
  /** When less is not asked for. */
  readonly tokenSeconds: number;
  readonly now: () => number;
}

export interface DemoTokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

const lifetimeSecondsMax = 3_600;

/** Undefined: no such persona or program at this participant. */
export type MakeDemoToken = (persona: string, lifetimeSeconds?: number) => DemoTokenAnswer | undefined;

export function createDemoTokens({
  participant,
  issuer,
  key,
  audience,
  tokenSeconds,
  now,
}: DemoTokenOptions): MakeDemoToken {
  const privateKey = createPrivateKey({ key, format: 'jwk' });
  const header = encode({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid });
  return (wanted, lifetimeSeconds = tokenSeconds) => {
    const persona = participant.personas.find(({ subject }) => subject === wanted);
    const program = participant.programs.find(({ client_id }) => client_id === wanted);
    const expiresIn = Math.min(Math.max(Math.floor(lifetimeSeconds), 1), lifetimeSecondsMax);
    const who = persona
      ? {
          sub: persona.subject,
          name: persona.name,
          roles: persona.roles,
          client_id: 'kortelijn-demo',
          scope: 'openid profile',
        }
      : program && { sub: program.client_id, client_id: program.client_id, scope: program.scope };
    if (who === undefined) return undefined;
    const iat = Math.floor(now() / 1_000);
    const claims = { iss: issuer, aud: audience, ...who, jti: randomUUID(), iat, exp: iat + expiresIn };
    const signed = `${header}.${encode(claims)}`;
    const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url');
    return { access_token: `${signed}.${signature}`, token_type: 'Bearer', expires_in: expiresIn };
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
