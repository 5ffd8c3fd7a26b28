/**
 * The hub's side of trust.md, for tests that meet an endpoint without a gateway: makes keys, assertions and seals, and
 * sends. The gateway has its own; nothing that serves imports this.
 */
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { signJws } from './jws.ts';
import { type EndpointKeys, parseEndpointKeys, parsePins, thumbprint } from './keys.ts';
import { pairKey } from './pair-key.ts';
import { ASSERTION_HEADER, createSeal, SEAL_HEADER, sha256 } from './seal.ts';

export function makeKeys() {
  const sign = generateKeyPairSync('ed25519');
  const agree = generateKeyPairSync('x25519');
  const json = {
    sign: { ...sign.privateKey.export({ format: 'jwk' }), kid: thumbprint(sign.publicKey) },
    agree: { ...agree.privateKey.export({ format: 'jwk' }), kid: thumbprint(agree.publicKey) },
  };
  const published = {
    sign: [{ ...sign.publicKey.export({ format: 'jwk' }), kid: json.sign.kid }],
    agree: [{ ...agree.publicKey.export({ format: 'jwk' }), kid: json.agree.kid }],
  };
  return { json, published, keys: parseEndpointKeys(json) };
}
export type MadeKeys = ReturnType<typeof makeKeys>;

export const pinsOf = (hub: MadeKeys, registry: MadeKeys) => ({
  hub: hub.published,
  registry: { sign: registry.published.sign },
});

/** Claims of an assertion, less what the hub fills in itself. */
export interface Claimed {
  readonly kind: 'subject' | 'class' | 'hub';
  readonly sub?: string;
  readonly name?: string;
  readonly participant?: string;
  readonly roles?: readonly string[];
  readonly program?: string;
  readonly scope?: string;
  readonly purpose?: string;
}

export const asHub: Claimed = { kind: 'hub' };

export const asPerson = (participant: string, roles: readonly string[], name = 'Iemand'): Claimed => ({
  kind: 'subject',
  sub: `${participant}:${name.toLowerCase()}`,
  name,
  participant,
  roles,
});

export const asProgram = (participant: string, program: string, scope: string): Claimed => ({
  kind: 'subject',
  sub: `${participant}:${program}`,
  participant,
  roles: ['PROGRAM'],
  program,
  scope,
});

export interface StandInHubOptions {
  readonly hub: MadeKeys;
  readonly endpoint: { readonly name: string; readonly keys: EndpointKeys };
  readonly url: string;
  readonly now?: () => number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asked for.
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly errors: any[] | undefined;
}

export function createStandInHub({ hub, endpoint, url, now = Date.now }: StandInHubOptions) {
  const key = pairKey({ own: hub.keys.agree, other: createPublicKey(endpoint.keys.agree), endpoint: endpoint.name });

  const headersFor = (body: string, claimed: Claimed) => {
    const iat = Math.floor(now() / 1_000);
    const { query } = JSON.parse(body) as { query: string };
    const assertion = signJws(
      'hub-assertion+jwt',
      {
        iss: 'hub',
        aud: endpoint.name,
        ...claimed,
        op: sha256(query),
        bh: sha256(body),
        jti: randomUUID(),
        iat,
        exp: iat + 30,
      },
      hub.keys.sign,
    );
    const { pathname, search } = new URL(url);
    return {
      'content-type': 'application/json',
      [ASSERTION_HEADER]: assertion,
      [SEAL_HEADER]: createSeal(key, { method: 'POST', path: `${pathname}${search}`, body, assertion }, now()),
    };
  };

  const ask = async (claimed: Claimed, query: string, variables: Record<string, unknown> = {}): Promise<Answer> => {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(url, { method: 'POST', headers: headersFor(body, claimed), body });
    const answer = (await response.json()) as { data?: unknown; errors?: unknown[] };
    return { status: response.status, headers: response.headers, data: answer.data, errors: answer.errors };
  };
  /** A subscription as the endpoint answers it: its events, or the status of a refusal and none. */
  const follow = async (
    claimed: Claimed,
    query: string,
    variables: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<Followed> => {
    const body = JSON.stringify({ query, variables });
    const headers = { ...headersFor(body, claimed), accept: 'text/event-stream' };
    const response = await fetch(url, { method: 'POST', headers, body, ...(signal && { signal }) });
    const { status } = response;
    if (status === 200 && response.body) return { status, headers: response.headers, events: eventsOf(response.body) };
    return { status, headers: response.headers, refusal: await response.json(), events: eventsOf() };
  };
  return { ask, follow, headersFor };
}

export interface Followed {
  readonly status: number;
  readonly headers: Headers;
  readonly events: AsyncGenerator<StreamEvent, void, undefined>;
  readonly refusal?: unknown;
}

export interface StreamEvent {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asked for.
  readonly data: any;
}

async function* eventsOf(body?: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  if (!body) return;
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      yield { event, data: data === '' ? undefined : JSON.parse(data) };
    }
  }
}

/** Pins of an endpoint in the form the kit reads. */
export const parsedPins = (hub: MadeKeys, registry: MadeKeys) => parsePins(pinsOf(hub, registry));
