/**
 * Our own endpoint with one rule broken: a proxy before it, which holds the hub's keys, so that it can let pass what
 * the endpoint would refuse, and the endpoint's own, so that it can sign what the endpoint would not say.
 */
import { createPublicKey } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signJws } from '@kortelijn/kit/trust/jws.ts';
import { pairKey } from '@kortelijn/kit/trust/pair-key.ts';
import { createSeal, isMacRight, parseSeal, sha256 } from '@kortelijn/kit/trust/seal.ts';
import type { OwnEndpoint } from './own-endpoint.ts';

// biome-ignore lint/suspicious/noExplicitAny: a mutant changes whatever it finds.
export type Json = any;

/** A request as it came in, read as far as it can be. */
export interface Asked {
  readonly body: string;
  readonly query: string;
  readonly variables: Json;
  readonly header: Json;
  readonly claims: Json;
  readonly hasSeal: boolean;
  readonly hasAssertion: boolean;
  readonly jti: string | undefined;
  /** Whether the seal is right for this, other than for what was sent. */
  isSealFor(other: { readonly method?: string; readonly path?: string; readonly body?: string }): boolean;
  /** The same request as the hub would prove it, with these claims, query and variables. */
  proven(changed?: { readonly claims?: Json; readonly query?: string; readonly variables?: Json }): Forwarded;
}

export interface Forwarded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Json;
}

/** In place of a status: the connection is broken off. */
export const HANGS_UP = 0;

export interface Broken {
  /** What goes on to the endpoint in place of what came; undefined for what came. */
  readonly asked?: (asked: Asked) => Forwarded | undefined;
  /** What goes back in place of the answer. */
  readonly answered?: (answer: Answered, asked: Asked, signed: (typ: string, claims: Json) => string) => Answered;
  /** Whether this page of a stream goes on; it may be changed. */
  readonly streamed?: (page: Json, index: number, asked: Asked) => boolean;
}

export async function createMutant(endpoint: OwnEndpoint, broken: Broken): Promise<AsyncDisposable & { url: string }> {
  const other = createPublicKey(endpoint.own.keys.agree);
  const key = pairKey({ own: endpoint.hub.keys.agree, other, endpoint: endpoint.name });
  const { pathname: path } = new URL(endpoint.url);
  const signed = (typ: string, claims: Json) => signJws(typ as 'receipt+jwt', claims, endpoint.own.keys.sign);

  const read = (request: IncomingMessage, body: string): Asked => {
    const assertion = textOf(request.headers['kortelijn-assertion']);
    const header = textOf(request.headers['kortelijn-seal']);
    const seal = parseSeal(header);
    const sent = { method: request.method ?? '', path: request.url ?? '', body, assertion };
    const [head, payload] = assertion.split('.').map(decoded);
    const { query, variables } = (jsonIn(body) ?? {}) as Json;
    return {
      body,
      query: typeof query === 'string' ? query : '',
      variables,
      header: head,
      claims: payload,
      hasSeal: header !== '',
      hasAssertion: assertion !== '',
      jti: seal?.jti,
      isSealFor: (changed) => seal !== undefined && isMacRight(key, { ...sent, ...changed }, seal),
      proven: (changed = {}) => {
        const isSame = changed.query === undefined && changed.variables === undefined;
        const now = isSame
          ? body
          : JSON.stringify({ query: changed.query ?? query, variables: changed.variables ?? variables });
        const claims = { ...payload, ...changed.claims };
        const bound = 'bh' in claims ? { op: sha256(changed.query ?? query ?? ''), bh: sha256(now) } : {};
        const assertionNow = signJws('hub-assertion+jwt', { ...claims, ...bound }, endpoint.hub.keys.sign);
        const sealed = { method: 'POST', path, body: now, assertion: assertionNow };
        return {
          body: now,
          headers: { 'kortelijn-assertion': assertionNow, 'kortelijn-seal': createSeal(key, sealed, Date.now()) },
        };
      },
    };
  };

  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    const asked = read(request, body);
    const changed = broken.asked?.(asked);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const answer = await fetch(new URL(request.url ?? '', endpoint.url), {
      method: request.method ?? 'POST',
      headers: { ...passedOn(request), ...changed?.headers },
      ...(request.method === 'POST' && { body: changed?.body ?? body }),
      signal: gone.signal,
    });
    const headers = Object.fromEntries(
      ['content-type', 'kortelijn-time'].flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    if (answer.headers.get('content-type') === 'text/event-stream') {
      response.writeHead(answer.status, headers);
      response.flushHeaders();
      for await (const page of pagesOf(answer)) {
        const passes = broken.streamed?.(page.json.data?.changes, page.index, asked) ?? true;
        if (passes) response.write(`event: next\ndata: ${JSON.stringify(page.json)}\n\n`);
      }
      response.end('event: complete\ndata: \n\n');
      return;
    }
    const text = await answer.text();
    const json = jsonIn(text);
    const said = { status: answer.status, headers, json };
    const shown = json === undefined ? said : (broken.answered?.(said, asked, signed) ?? said);
    if (shown.status === HANGS_UP) return void response.destroy();
    response.writeHead(shown.status, shown.headers).end(json === undefined ? text : JSON.stringify(shown.json));
  };

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const textOf = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

const PASSED_ON = ['content-type', 'accept', 'kortelijn-assertion', 'kortelijn-seal'];
const passedOn = ({ headers }: IncomingMessage) =>
  Object.fromEntries(
    PASSED_ON.filter((name) => headers[name] !== undefined).map((name) => [name, textOf(headers[name])]),
  );

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function jsonIn(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const decoded = (part: string): Json => jsonIn(Buffer.from(part, 'base64url').toString('utf8')) ?? {};

async function* pagesOf(answer: Response) {
  let text = '';
  let index = 0;
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const json = jsonIn(/^data: (.*)$/m.exec(text.slice(0, end))?.[1] ?? '');
      text = text.slice(end + 2);
      if (json !== undefined) yield { json, index: index++ };
    }
  }
}
