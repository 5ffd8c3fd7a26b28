/**
 * The demo's identity provider: one process, one issuer per participant under `/<participant>`.
 *
 * Beside what OpenID Connect says: the page where one chooses who one is, and the demo's short cut to a token.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'oidc-provider';
import { createDemoTokens, type MakeDemoToken } from './demo-token.ts';
import { createIssuer } from './issuer.ts';
import { choosePage, contentSecurityPolicy, errorPage } from './pages.ts';
import type { IdentityParticipant } from './personas.ts';
import { signingKey } from './signing-key.ts';

export interface IdentityProviderOptions {
  readonly participants: readonly IdentityParticipant[];
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly dataDir: string | undefined;
  readonly audience: string;
  readonly redirectUris: readonly string[];
  readonly tokenSeconds: number;
  readonly now: () => number;
}

export interface IdentityProvider extends AsyncDisposable {
  readonly url: string;
}

interface Issuing {
  readonly participant: IdentityParticipant;
  readonly provider: Provider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly makeDemoToken: MakeDemoToken;
}

const bodyBytesMax = 16 * 1024;

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const issuing = new Map<string, Issuing>();
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('The identity provider broke on this request.');
    });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const url = options.publicUrl ?? `http://localhost:${(server.address() as AddressInfo).port}`;
  const cookieKeys = [randomBytes(32).toString('base64url')];
  for (const participant of options.participants) {
    const issuer = `${url}/${participant.id}`;
    const key = signingKey(participant.id, options.dataDir);
    const { audience, redirectUris, tokenSeconds, now } = options;
    const provider = createIssuer({ participant, issuer, key, audience, redirectUris, tokenSeconds, cookieKeys, now });
    const makeDemoToken = createDemoTokens({ participant, issuer, key, audience, tokenSeconds, now });
    issuing.set(participant.id, { participant, provider, handle: provider.callback(), makeDemoToken });
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = request.url ?? '/';
    allowLoopbackOrigins(request, response);
    if (address === '/health/live') return sendJson(response, 200, { live: true });
    if (request.method === 'GET' && address === '/demo/personas')
      return sendJson(response, 200, listing(options.participants, url));
    const [, id = '', rest = ''] = /^\/([a-z][a-z0-9-]*)(\/.*)?$/.exec(address) ?? [];
    const found = issuing.get(id);
    if (found === undefined) return sendJson(response, 404, { error: 'not_found' });
    if (rest === '/demo/token') return demoToken(found, request, response);
    if (rest.startsWith('/interaction/')) return interaction(found, request, response);
    // The provider knows its own path from its issuer; it wants to see only what comes after.
    Object.assign(request, { originalUrl: address });
    request.url = rest === '' ? '/' : rest;
    return found.handle(request, response);
  };

  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function interaction(found: Issuing, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { participant, provider } = found;
  response.setHeader('cache-control', 'no-store');
  try {
    await provider.interactionDetails(request, response);
  } catch {
    return sendHtml(
      response,
      400,
      errorPage('session_not_found', 'Deze inlogpoging is verlopen. Begin opnieuw bij de toepassing.'),
    );
  }
  if (request.method === 'GET') return sendHtml(response, 200, choosePage(participant, request.url ?? ''));
  const subject = new URLSearchParams(await readBody(request)).get('persona');
  if (!participant.personas.some((persona) => persona.subject === subject)) {
    return sendHtml(response, 400, choosePage(participant, request.url ?? ''));
  }
  return provider.interactionFinished(
    request,
    response,
    { login: { accountId: subject } },
    { mergeWithLastSubmission: false },
  );
}

async function demoToken(found: Issuing, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  if (request.method === 'OPTIONS') return sendJson(response, 204, undefined);
  if (request.method !== 'POST') return sendJson(response, 405, { error: 'method_not_allowed' });
  if (!request.headers['content-type']?.startsWith('application/json'))
    return sendJson(response, 415, { error: 'expected_json' });
  let wanted: { persona?: unknown; expiresInSeconds?: unknown };
  try {
    wanted = JSON.parse(await readBody(request)) as typeof wanted;
  } catch {
    return sendJson(response, 400, { error: 'invalid_request' });
  }
  const { persona, expiresInSeconds } = wanted ?? {};
  const token =
    typeof persona === 'string'
      ? found.makeDemoToken(persona, typeof expiresInSeconds === 'number' ? expiresInSeconds : undefined)
      : undefined;
  return token === undefined ? sendJson(response, 404, { error: 'unknown_persona' }) : sendJson(response, 200, token);
}

function listing(participants: readonly IdentityParticipant[], url: string) {
  return {
    participants: participants.map(({ id, name, personas, programs }) => ({
      id,
      name,
      issuer: `${url}/${id}`,
      personas: personas.map(({ subject, name, roles }) => ({ subject, name, roles })),
      programs: programs.map(({ client_id, name, scope }) => ({ client_id, name, scope })),
    })),
  };
}

/** Pages of the demo on this machine may ask for personas and tokens; a page from elsewhere may not. */
function allowLoopbackOrigins(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  if (origin === undefined || !request.url?.includes('/demo/')) return;
  if (!URL.canParse(origin) || !['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('vary', 'origin');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > bodyBytesMax) throw new Error(`Expected at most ${bodyBytesMax} bytes, found more.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
  });
  response.end(html);
}
