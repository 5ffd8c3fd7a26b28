/** Looks up where a URL leads and judges it. Whoever connects later looks it up and judges it again. */
import { lookup } from 'node:dns/promises';
import {
  addressIn,
  type EgressAllowed,
  refuseTarget,
  type UrlRefusal,
} from '@kortelijn/schema/vocabulary/safe-address.ts';

export interface Egress {
  readonly allowed: EgressAllowed;
  refuse(url: URL): Promise<UrlRefusal | undefined>;
}

const LOOKUP_MS = 3_000;

export type LookUp = (hostname: string) => Promise<readonly string[]>;

const lookUpAll: LookUp = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address);

export function createEgress(allowed: EgressAllowed, lookUp: LookUp = lookUpAll): Egress {
  return {
    allowed,
    async refuse(url) {
      const literal = addressIn(url);
      return refuseTarget(url, literal === undefined ? await found(lookUp, url.hostname) : [literal], allowed);
    },
  };
}

/** A name that is not found in time leads nowhere, like one that does not exist. */
async function found(lookUp: LookUp, hostname: string): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, LOOKUP_MS, []);
  });
  try {
    return await Promise.race([lookUp(hostname), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
