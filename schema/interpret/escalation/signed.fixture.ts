import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Act, ActType, Entry } from './act.ts';
import { CHANNEL } from './act.ts';
import { actBy, contentOf, context, foundation, raiseAct, start } from './chain.fixture.ts';
import { nextEntry, openEntry, signAct, signEntry } from './entry.ts';
import { foldEntry } from './fold-entry.ts';
import { type KeyLookup, type Signer, signClaims, thumbprintOf } from './jws.ts';
import type { Escalation } from './state.ts';

/** Chains with real signatures. The keys are made from the names of their owners: they secure nothing. */
export const names = ['fictiviteit', 'linde', 'niemandsland', 'denkbeeld', 'voorbeeld', CHANNEL] as const;

/** PKCS #8 of RFC 8410 before the 32 bytes of a private key. */
const prefix = '302e020100300506032b657004220420';

export const signers: Readonly<Record<string, Signer>> = Object.fromEntries(
  names.map((name) => {
    const seed = createHash('sha256').update(`kortelijn vector ${name} sign`).digest('hex');
    const privateKey = createPrivateKey({ key: Buffer.from(prefix + seed, 'hex'), format: 'der', type: 'pkcs8' });
    return [name, { privateKey, kid: thumbprintOf(createPublicKey(privateKey)) }];
  }),
);

export const publicKeys: ReadonlyMap<string, KeyObject> = new Map(
  Object.entries(signers).map(([name, { privateKey }]) => [name, createPublicKey(privateKey)]),
);

export const keys: KeyLookup = (party, kid) => {
  const key = publicKeys.get(party);
  return key && thumbprintOf(key) === kid ? key : undefined;
};

export const signerOf = (party: string): Signer => {
  const signer = signers[party];
  if (!signer) throw new Error(`There is no key of ${party}.`);
  return signer;
};

export function open(jws: string): Entry {
  const opened = openEntry(jws, keys);
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.message}`);
  return opened.entry;
}

/** Places a signed act as the home would that signs here, right or wrong. */
export function placeSigned(before: Escalation | undefined, act: string, home: string, nowMs: number, also?: string[]) {
  const escalation =
    before?.id ?? (JSON.parse(Buffer.from(act.split('.')[1] ?? '', 'base64url').toString()) as Act).escalation;
  return signEntry(nextEntry(before, act, { home, escalation, nowMs, ...(also ? { also } : {}) }), signerOf(home));
}

export function fold(before: Escalation | undefined, jws: string): Escalation {
  const folded = foldEntry(before, open(jws), context);
  if (!folded.ok) throw new Error(folded.message);
  return folded.escalation;
}

export function signedBy(before: Escalation, type: ActType, party: string, content: Partial<Act> = {}): string {
  return signAct(actBy(before, type, party, content).act, signerOf(party));
}

/** A chain of acts, each signed by its party and placed by the home of the moment. */
export function createSignedStory(parties: readonly string[], more: Partial<Act> = {}) {
  const [initiator = 'linde'] = parties;
  let nowMs = start;
  const first = placeSigned(undefined, signAct(raiseAct(parties, more), signerOf(initiator)), initiator, nowMs);
  const entries = [first];
  let now = fold(undefined, first);
  return {
    entries,
    now: () => now,
    wait: (ms: number) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
    act(type: ActType, party: string, content: Partial<Act> = {}) {
      const jws = placeSigned(now, signedBy(now, type, party, { atMs: nowMs, ...content }), now.home, nowMs);
      const next = fold(now, jws);
      if (next.faults.length > now.faults.length) throw new Error(next.faults.at(-1)?.message);
      entries.push(jws);
      now = next;
      return jws;
    },
    content: (type: ActType) => contentOf(type, now),
  };
}

/** The registry's directory of these parties. */
export const directory = signClaims(
  'directory+jwt',
  {
    version: 3,
    at: Math.floor(start / 1000),
    participants: names
      .filter((name) => name !== CHANNEL)
      .map((id) => {
        const { kty, crv, x } = publicKeys.get(id)?.export({ format: 'jwk' }) ?? {};
        const kind = id === foundation ? 'FOUNDATION' : 'CARE_COOPERATIVE';
        return { id, name: id, kind, keys: { sign: [{ kty, crv, x }], agree: [] } };
      }),
  },
  signerOf(CHANNEL),
);
