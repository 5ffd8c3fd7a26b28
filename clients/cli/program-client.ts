/** A program of one participant, calling the hub: client credentials with private_key_jwt, one pool of connections. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, type JWK, SignJWT } from 'jose';
import { Pool } from 'undici';

export interface ProgramCredentials {
  readonly participant: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience: string;
  readonly privateKey: JWK;
}

export interface HubAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the document asked.
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

export interface ProgramClient {
  ask(document: string, variables: Readonly<Record<string, unknown>>): Promise<HubAnswer>;
}

const renewBeforeMs = 15_000;
const busy = new Set([429, 503]);
const waitsMax = 20;

export const readCredentials = (file: string): readonly ProgramCredentials[] => JSON.parse(readFileSync(file, 'utf8'));

export function createHub(hubUrl: string, connections: number) {
  const url = new URL(hubUrl);
  const pool = new Pool(url.origin, { connections, pipelining: 1 });
  return {
    program: (credentials: ProgramCredentials) => createProgramClient(pool, url.pathname, credentials),
    close: () => pool.close(),
  };
}

function createProgramClient(pool: Pool, path: string, credentials: ProgramCredentials): ProgramClient {
  let current: Promise<{ token: string; expiresAtMs: number }> | undefined;
  const token = async (): Promise<string> => {
    const held = await current;
    if (held !== undefined && held.expiresAtMs - renewBeforeMs > Date.now()) return held.token;
    // Concurrent callers share one login: whoever comes second finds the promise of the first.
    current = login(credentials);
    current.catch(() => {
      current = undefined;
    });
    return (await current).token;
  };
  return {
    ask: async (query, variables) => {
      const body = JSON.stringify({ query, variables });
      for (let patience = waitsMax; ; patience--) {
        const response = await pool.request({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
          body,
        });
        const text = await response.body.text();
        // The hub says itself when it has room again: too much asked at once, or too many requests in work.
        const waitSeconds = Number(response.headers['retry-after']);
        if (patience > 0 && busy.has(response.statusCode) && waitSeconds >= 0) await sleep(waitSeconds * 1000);
        else return parsed(text, response.statusCode);
      }
    },
  };
}

function parsed(text: string, status: number): HubAnswer {
  try {
    return JSON.parse(text) as HubAnswer;
  } catch (cause) {
    throw new Error(`Expected JSON from the hub, got ${status} ${text.slice(0, 200)}`, { cause });
  }
}

/** A token by client credentials with private_key_jwt (RFC 7523). */
export async function login({ issuer, clientId, scope, audience, privateKey }: ProgramCredentials) {
  const discovered = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { token_endpoint: tokenEndpoint } = (await discovered.json()) as { token_endpoint: string };
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', ...(privateKey.kid === undefined ? {} : { kid: privateKey.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK(privateKey, 'EdDSA'));
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      scope,
      resource: audience,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const answer = (await response.json()) as { access_token?: string; expires_in?: number; error?: string };
  if (answer.access_token === undefined) {
    throw new Error(
      `Expected a token for ${clientId} from ${tokenEndpoint}, got ${response.status} ${answer.error ?? ''}`,
    );
  }
  return { token: answer.access_token, expiresAtMs: Date.now() + (answer.expires_in ?? 60) * 1000 };
}
