/** Speaks to one endpoint as the hub does, and where a check says so as somebody who would like to be the hub. */
import type { KeyObject } from 'node:crypto';
import {
  type Claims,
  newJti,
  type PrivateKeys,
  type PublicKeys,
  pairKey,
  type Sealed,
  sealOf,
  sha256,
  signJws,
} from './trust.ts';

export interface HubClientOptions {
  readonly name: string;
  readonly url: string;
  readonly hubKeys: PrivateKeys;
  readonly participantKeys: PublicKeys;
}

/** What is different from what the hub would send. */
export interface Forgery {
  /** In place of the claims made; undefined takes one away. */
  readonly claims?: Claims;
  readonly header?: Claims;
  /** Signs the assertion in place of the hub's key. */
  readonly signKey?: KeyObject;
  /** In place of the signature. */
  readonly signature?: string;
  /** What the seal is made over, where that is not what is sent. */
  readonly sealed?: Partial<Sealed>;
  readonly sealAheadMs?: number;
  readonly pairKey?: Uint8Array;
  readonly jti?: string;
  readonly without?: readonly ('assertion' | 'seal')[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a check reads what it asked for.
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above; what is no list of errors is none.
  readonly errors: readonly any[];
  /** The codes of its errors. */
  readonly codes: readonly unknown[];
}

export interface StreamItem {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a check reads what it asked for.
  readonly data: any;
}

export const asHub: Claims = { kind: 'hub' };

const REQUEST_MS_MAX = 15_000;
const LIFETIME_S = 30;
/** Written a little in the past, so that the measured clock may be off by the time of a round trip. */
const BACKDATE_S = 2;

export function createHubClient({ name, url, hubKeys, participantKeys }: HubClientOptions) {
  const [agree] = participantKeys.agree;
  if (agree === undefined) throw new Error('Expected an agree key of the participant.');
  const sharedKey = pairKey(hubKeys.agree, agree, name);
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  let aheadMs = 0;
  const endpointNow = () => Date.now() + aheadMs;

  const headersFor = (body: string, claims: Claims, query: string | undefined, forgery: Forgery) => {
    const iat = Math.floor(endpointNow() / 1_000) - BACKDATE_S;
    const all = {
      iss: 'hub',
      aud: name,
      ...claims,
      ...(query !== undefined && { op: sha256(query), bh: sha256(body) }),
      jti: newJti(),
      iat,
      exp: iat + LIFETIME_S,
      ...forgery.claims,
    };
    const signKey = { kid: hubKeys.sign.kid, key: forgery.signKey ?? hubKeys.sign.key };
    const signed = signJws('hub-assertion+jwt', all, signKey, forgery.header);
    const assertion =
      forgery.signature === undefined ? signed : `${signed.slice(0, signed.lastIndexOf('.'))}.${forgery.signature}`;
    const sealed = { method: 'POST', path, body, assertion, ...forgery.sealed };
    const t = Math.round(endpointNow() + (forgery.sealAheadMs ?? 0));
    const seal = sealOf(forgery.pairKey ?? sharedKey, sealed, t, forgery.jti ?? newJti());
    return {
      'content-type': 'application/json',
      ...(!forgery.without?.includes('assertion') && { 'kortelijn-assertion': assertion }),
      ...(!forgery.without?.includes('seal') && { 'kortelijn-seal': seal }),
    };
  };

  const send = async (init: RequestInit): Promise<Answer> => {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(REQUEST_MS_MAX) });
    return answerOf(response, await response.text());
  };

  return {
    name,
    path,
    endpointNow,
    /** What the endpoint's own clock says, as each of its answers tells. */
    learnClock: (answer: Answer) => {
      const said = Number(answer.headers.get('kortelijn-time') ?? Number.NaN);
      if (Number.isFinite(said)) aheadMs = said - Date.now();
    },
    send,
    /** One operation. Its assertion is bound to the body, unless a forgery takes `op` and `bh` away. */
    ask: (claims: Claims, query: string, variables: Claims = {}, forgery: Forgery = {}): Promise<Answer> => {
      const body = JSON.stringify({ query, variables });
      return send({ method: 'POST', headers: headersFor(body, claims, query, forgery), body });
    },
    /** Any bytes under an assertion that is bound to none. */
    sendBody: (claims: Claims, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      send({ method: 'POST', headers: { ...headersFor(body, claims, undefined, {}), ...headers }, body }),
    /** A subscription, until the signal says so. The first value is its answer without a body. */
    follow: async (claims: Claims, query: string, variables: Claims, signal: AbortSignal) => {
      const body = JSON.stringify({ query, variables });
      const headers = { ...headersFor(body, claims, query, {}), accept: 'text/event-stream' };
      const response = await fetch(url, { method: 'POST', headers, body, signal });
      return { status: response.status, type: response.headers.get('content-type') ?? '', items: itemsOf(response) };
    },
  };
}
export type HubClient = ReturnType<typeof createHubClient>;

function answerOf({ status, headers }: Response, text: string): Answer {
  let json: { data?: unknown; errors?: unknown } = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) json = value;
  } catch {
    // What is no JSON has neither data nor errors, and its text says the rest.
  }
  const errors = Array.isArray(json.errors) ? json.errors : [];
  return { status, headers, text, data: json.data, errors, codes: errors.map((error) => error?.extensions?.code) };
}

async function* itemsOf(response: Response): AsyncGenerator<StreamItem, void, undefined> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true }).replaceAll('\r\n', '\n');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const item = itemOf(text.slice(0, end));
      text = text.slice(end + 2);
      if (item !== undefined) yield item;
    }
  }
}

function itemOf(block: string): StreamItem | undefined {
  const values = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart());
  const [event] = values('event');
  if (event === undefined) return undefined;
  const data = values('data').join('\n');
  return { event, data: data === '' ? undefined : JSON.parse(data) };
}
