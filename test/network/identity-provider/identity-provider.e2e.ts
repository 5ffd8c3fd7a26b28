/** The demo's identity provider as a process of its own, met over HTTP as applications and programs meet it. */
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManagedProcess, type ManagedProcess } from '../managed-process.ts';

const audience = 'https://kortelijn.example/hub';
const redirectUri = 'http://localhost:4000/callback';
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const programKey = {
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid: 'program-1',
  alg: 'EdDSA',
};
const { d: _secret, ...programPublicKey } = programKey;

const personas = {
  participants: [
    {
      id: 'linde',
      name: 'Dorpszorg De Verzonnen Linde',
      personas: [
        { subject: 'linde-manager', name: 'Mara Lindeboom', roles: ['SERVICEMANAGER'], participant: 'linde' },
        { subject: 'linde-desk', name: 'Joris Korteweg', roles: ['SERVICEDESK'], participant: 'linde' },
      ],
      programs: [
        {
          client_id: 'linde-import',
          name: 'Import linde',
          scope: 'incidents:write import',
          participant: 'linde',
          jwks: { keys: [programPublicKey] },
        },
      ],
    },
    {
      id: 'denkbeeld',
      name: 'Arbonetwerk Denkbeeld',
      personas: [{ subject: 'denkbeeld-desk', name: 'Bram Signaal', roles: ['SERVICEDESK'], participant: 'denkbeeld' }],
      programs: [],
    },
  ],
};

let folder: string;
let provider: ManagedProcess;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kortelijn-identity-'));
  writeFileSync(join(folder, 'personas.json'), JSON.stringify(personas));
  provider = createManagedProcess({
    name: 'identity',
    main,
    env: { PORT: '0', PERSONAS_FILE: join(folder, 'personas.json'), DATA_DIR: join(folder, 'keys'), NODE_ENV: 'test' },
    logFile: join(folder, 'identity.log'),
  });
  url = await provider.start();
});

afterAll(async () => {
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser as far as it matters here: it keeps cookies by path and follows nothing by itself. */
function createBrowser() {
  const cookies = new Map<string, { value: string; path: string }>();
  return async (address: string, init: RequestInit = {}) => {
    const target = new URL(address, url);
    const sent = [...cookies]
      .filter(([, { path }]) => target.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`);
    const response = await fetch(target, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: sent.join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/s.exec(line) ?? [];
      const path = /path=([^;]*)/i.exec(rest)?.[1] ?? '/';
      if (value === '') cookies.delete(name);
      else cookies.set(name, { value, path });
    }
    return response;
  };
}

const verifier = () => randomBytes(32).toString('base64url');
const challenge = (text: string) => createHash('sha256').update(text).digest('base64url');

const authorizationAddress = (codeVerifier: string, more: Record<string, string> = {}) =>
  `/linde/auth?${new URLSearchParams({
    client_id: 'kortelijn-web',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: challenge(codeVerifier),
    code_challenge_method: 'S256',
    ...more,
  })}`;

const post = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });
const locationOf = (response: Response) => response.headers.get('location') ?? '';

/** From the application's first address to the code, by way of the page where one chooses. */
async function login(codeVerifier: string, persona: string) {
  const browse = createBrowser();
  const page = locationOf(await browse(authorizationAddress(codeVerifier)));
  const shown = await browse(page);
  const html = await shown.text();
  const chosen = await browse(page, post({ persona }));
  if (chosen.status !== 303) return { html, shown, chosen, code: '', state: '' };
  const back = new URL(locationOf(await browse(locationOf(chosen))));
  return {
    html,
    shown,
    chosen,
    code: back.searchParams.get('code') ?? '',
    state: back.searchParams.get('state') ?? '',
  };
}

const redeem = (code: string, codeVerifier: string) =>
  fetch(
    `${url}/linde/token`,
    post({
      grant_type: 'authorization_code',
      client_id: 'kortelijn-web',
      redirect_uri: redirectUri,
      code,
      code_verifier: codeVerifier,
    }),
  );

const verified = (token: string, issuer = 'linde') =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${url}/${issuer}/jwks`)), {
    audience,
    issuer: `${url}/${issuer}`,
    typ: 'at+jwt',
  });

async function programAssertion(claims: Record<string, unknown> = {}) {
  return new SignJWT({ jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'program-1' })
    .setIssuer('linde-import')
    .setSubject('linde-import')
    .setAudience(`${url}/linde`)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(await importJWK(programKey as JWK, 'EdDSA'));
}

const programToken = (assertion: string, scope = 'incidents:write import', issuer = 'linde') =>
  fetch(
    `${url}/${issuer}/token`,
    post({
      grant_type: 'client_credentials',
      scope,
      resource: audience,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  );

describe('a person', () => {
  it('logs in with code and PKCE by choosing who to be, and gets a token for the hub', async () => {
    const codeVerifier = verifier();
    const { html, shown, code, state } = await login(codeVerifier, 'linde-desk');
    expect(html).toContain('Kies een demo-gebruiker');
    expect(html).toContain('demo-identiteit');
    expect(html).toContain('Mara Lindeboom');
    expect(html).not.toContain('Bram Signaal');
    expect(html).not.toMatch(/<script|https?:\/\//);
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(state).toBe('the-state');
    const answer = (await (await redeem(code, codeVerifier)).json()) as Record<string, string>;
    const { payload } = await verified(answer.access_token ?? '');
    expect(payload).toMatchObject({
      sub: 'linde-desk',
      name: 'Joris Korteweg',
      roles: ['SERVICEDESK'],
      client_id: 'kortelijn-web',
      aud: audience,
    });
    const idToken = await jwtVerify(answer.id_token ?? '', createRemoteJWKSet(new URL(`${url}/linde/jwks`)));
    expect(idToken.payload).toMatchObject({ aud: 'kortelijn-web', nonce: 'the-nonce', name: 'Joris Korteweg' });
  });

  it('A18: gets no code without PKCE, no code at another address, and no token with another verifier or a used code', async () => {
    const browse = createBrowser();
    const withoutPkce = await browse(authorizationAddress(verifier()).replace(/&code_challenge[^&]*/g, ''));
    expect(locationOf(withoutPkce)).toContain('error=invalid_request');
    const elsewhere = await browse(
      authorizationAddress(verifier(), { redirect_uri: 'https://attacker.example/callback' }),
    );
    expect(elsewhere.status).toBe(400);
    expect(locationOf(elsewhere)).toBe('');
    const codeVerifier = verifier();
    const first = await login(codeVerifier, 'linde-desk');
    expect((await redeem(first.code, verifier())).status).toBe(400);
    const second = await login(codeVerifier, 'linde-desk');
    expect((await redeem(second.code, codeVerifier)).status).toBe(200);
    expect((await redeem(second.code, codeVerifier)).status).toBe(400);
  });

  it('of another participant cannot be chosen, nor can anyone without the page having been opened', async () => {
    const { chosen } = await login(verifier(), 'denkbeeld-desk');
    expect(chosen.status).toBe(400);
    const uninvited = await fetch(`${url}/linde/interaction/made-up`, post({ persona: 'linde-desk' }));
    expect(uninvited.status).toBe(400);
  });
});

describe('a program', () => {
  it('logs in with an assertion signed by its registered key, and gets the scopes it is registered for', async () => {
    const response = await programToken(await programAssertion());
    const { access_token } = (await response.json()) as { access_token: string };
    const { payload } = await verified(access_token);
    expect(payload).toMatchObject({ sub: 'linde-import', client_id: 'linde-import', scope: 'incidents:write import' });
    expect(payload.roles).toBeUndefined();
    const more = (await (await programToken(await programAssertion(), 'incidents:read import')).json()) as {
      access_token: string;
    };
    expect((await verified(more.access_token)).payload.scope).toBe('import');
  });

  it('A2: is refused when its assertion comes a second time, is of another key, or is meant for another issuer', async () => {
    const assertion = await programAssertion();
    expect((await programToken(assertion)).status).toBe(200);
    expect((await programToken(assertion)).status).toBe(401);
    const [header, payload] = (await programAssertion()).split('.');
    expect((await programToken(`${header}.${payload}.${'A'.repeat(86)}`)).status).toBe(401);
    expect((await programToken(await programAssertion(), 'import', 'denkbeeld')).status).toBe(401);
  });
});

describe('the demo short cut', () => {
  const demoToken = (participant: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/${participant}/demo/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it("gives the same kind of token, signed by the same issuer's key", async () => {
    const { access_token, expires_in } = (await (
      await demoToken('linde', { persona: 'linde-manager', expiresInSeconds: 30 })
    ).json()) as {
      access_token: string;
      expires_in: number;
    };
    expect(expires_in).toBe(30);
    expect((await verified(access_token)).payload).toMatchObject({ sub: 'linde-manager', roles: ['SERVICEMANAGER'] });
    await expect(verified(access_token, 'denkbeeld')).rejects.toThrow();
  });

  it('knows nobody of another participant, and no form of a browser that did not ask first', async () => {
    expect((await demoToken('linde', { persona: 'denkbeeld-desk' })).status).toBe(404);
    expect((await demoToken('nobody', { persona: 'linde-desk' })).status).toBe(404);
    expect((await demoToken('linde', {})).status).toBe(404);
    const form = await fetch(`${url}/linde/demo/token`, post({ persona: 'linde-desk' }));
    expect(form.status).toBe(415);
    const foreign = await demoToken('linde', { persona: 'linde-desk' }, { origin: 'https://attacker.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the process', () => {
  it('keeps its keys over a restart, so that tokens stay good', async () => {
    const keysOf = async () => ((await (await fetch(`${url}/linde/jwks`)).json()) as { keys: JWK[] }).keys;
    const before = await keysOf();
    await provider.stop();
    url = await provider.start();
    expect(await keysOf()).toEqual(before);
  });

  it('refuses to start in production unless it is allowed in words, and names every problem', async () => {
    const inProduction = createManagedProcess({
      name: 'identity-production',
      main,
      env: { PORT: 'x', PERSONAS_FILE: '', NODE_ENV: 'production' },
      logFile: join(folder, 'production.log'),
    });
    await expect(inProduction.start()).rejects.toThrow('ended with 1');
    const log = readFileSync(join(folder, 'production.log'), 'utf8');
    for (const name of ['PORT', 'PERSONAS_FILE', 'ALLOW_DEMO_IDENTITIES']) expect(log).toContain(name);
  });
});
