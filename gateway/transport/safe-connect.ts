/**
 * Connects to an address that somebody else named: looks the name up once, refuses what the network does not send to,
 * and connects to the very addresses that were judged. A name that leads elsewhere the next time is judged the next
 * time; an open connection stays with the address it was made to. Redirects are followed by nobody here.
 */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import {
  addressIn,
  type EgressAllowed,
  refuseTarget,
  type UrlRefusal,
} from '@kortelijn/schema/vocabulary/safe-address.ts';
import { buildConnector } from 'undici';

export type Connect = buildConnector.connector;
/** All addresses of a name. */
export type LookUp = (hostname: string) => Promise<readonly string[]>;

export interface SafeConnectOptions {
  readonly allowed: EgressAllowed;
  /** For looking up and connecting together, in milliseconds. */
  readonly timeoutMs: number;
  readonly lookUp?: LookUp;
  /** Of a test's own authority, beside those of the system. */
  readonly ca?: string;
}

export class UnsafeAddress extends Error {
  override readonly name = 'UnsafeAddress';
  readonly code = 'URL_NOT_ALLOWED';
  readonly refusal: UrlRefusal;
  constructor(refusal: UrlRefusal) {
    super(`Expected an address that this network sends to, found another: ${refusal}.`);
    this.refusal = refusal;
  }
}

export function createSafeConnect(options: SafeConnectOptions): Connect {
  const { allowed, timeoutMs, lookUp = createLookUp(), ca } = options;
  return (target, callback) => {
    const startedAt = performance.now();
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    const literal = addressIn(url);
    const found = literal === undefined ? inTime(lookUp(url.hostname), timeoutMs) : Promise.resolve([literal]);
    found.then(
      (addresses) => {
        const refusal = refuseTarget(url, addresses, allowed);
        if (refusal !== undefined) {
          callback(new UnsafeAddress(refusal), null);
          return;
        }
        const timeout = Math.max(1, timeoutMs - (performance.now() - startedAt));
        const build = { timeout, lookup: pinned(addresses), maxCachedSessions: 0, ...(ca !== undefined && { ca }) };
        buildConnector(build as buildConnector.BuildOptions)(target, callback);
      },
      (error: Error) => callback(error, null),
    );
  };
}

/** Answers with what was judged, whoever asks and for whatever name. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const [first] = all;
  return (_hostname, { all: wantsAll }, callback) => {
    if (wantsAll) callback(null, all);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/** Names are looked up on the threads that files and keys need as well: no more than two at once wait for a slow server. */
function createLookUp(atOnceMax = 2): LookUp {
  let runningCount = 0;
  const waiting: (() => void)[] = [];
  return async (hostname) => {
    if (runningCount >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else runningCount += 1;
    try {
      return await new Promise((resolve, reject) => {
        lookup(hostname, { all: true }, (error, found) => {
          if (error) reject(error);
          else resolve(found.map(({ address }) => address));
        });
      });
    } finally {
      const next = waiting.shift();
      if (next === undefined) runningCount -= 1;
      else next();
    }
  };
}

async function inTime<Value>(value: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error(`No address within ${timeoutMs} ms.`), { code: 'LOOKUP_TIMED_OUT' });
    timer = setTimeout(reject, timeoutMs, error);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
