import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Act } from '../interpret/escalation/act.ts';
import { type EntryClaims, openAct, openEntry, signAct, signEntry } from '../interpret/escalation/entry.ts';
import { foldEscalation } from '../interpret/escalation/fold.ts';
import { genesisOf } from '../interpret/escalation/fold-entry.ts';
import { type KeyLookup, thumbprintOf } from '../interpret/escalation/jws.ts';
import { textHash } from '../interpret/escalation/text-hash.ts';
import { calendars } from './calendars.ts';
import { escalationVectors, printed } from './escalation-vectors.ts';

const vectors = escalationVectors();
const privateKeyOf = (party: string) =>
  createPrivateKey({ key: (vectors.keys[party] as { sign: JsonWebKey }).sign, format: 'jwk' });
const keys: KeyLookup = (party, kid) => {
  const key = createPublicKey(privateKeyOf(party));
  return thumbprintOf(key) === kid ? key : undefined;
};
const signerOf = (party: string) => ({
  privateKey: privateKeyOf(party),
  kid: thumbprintOf(createPublicKey(privateKeyOf(party))),
});

test('the vectors of escalation-acts.md are those that their script prints', () => {
  const page = readFileSync(new URL('escalation-vectors.json', import.meta.url), 'utf8');
  expect(JSON.parse(page)).toEqual(JSON.parse(printed()));
});

test('M-23: signing comes to the bytes of the vectors, and opening to their claims', () => {
  for (const { claims, jws, hash } of vectors.acts) {
    expect(signAct(claims as Act, signerOf((claims as Act).party))).toBe(jws);
    expect(openAct(jws, keys)).toEqual({ ok: true, signed: { act: claims, hash } });
  }
  for (const { claims, jws, hash } of vectors.entries) {
    expect(signEntry(claims as EntryClaims, signerOf((claims as EntryClaims).home))).toBe(jws);
    expect(openEntry(jws, keys)).toMatchObject({ ok: true, entry: { hash } });
  }
  expect(textHash(vectors.text)).toBe(vectors.text.hash);
});

test('M-23: the chain of the vectors folds to a proposal under a home that has moved', () => {
  const entries = vectors.entries.map(({ jws }) => {
    const opened = openEntry(jws, keys);
    if (!opened.ok) throw new Error(opened.message);
    return opened.entry;
  });
  const id = entries[0]?.escalation as string;
  expect(genesisOf(id)).toBe(vectors.genesis);
  const context = { calendar: calendars.office, foundation: 'voorbeeld', nowMs: entries.at(-1)?.placedAtMs as number };
  expect(foldEscalation(entries, id, context)).toMatchObject({
    escalation: { level: 2, state: 'PROPOSED', epoch: 1, home: 'denkbeeld', faults: [] },
    view: {
      consents: [
        { party: 'denkbeeld', state: 'AGREED' },
        { party: 'linde', state: 'INVITED' },
      ],
    },
  });
});
