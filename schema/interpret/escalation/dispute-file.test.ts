import { describe, expect, test } from 'vitest';
import { CHANNEL } from './act.ts';
import { exportDispute } from './dispute.fixture.ts';
import { type DisputeFile, sealOf } from './dispute-file.ts';
import { publicKeys, signerOf } from './signed.fixture.ts';
import { type BadPart, verifyDisputeFile } from './verify-file.ts';

const file = exportDispute();
/** As somebody would who changes the file and seals it anew: the exporter himself. */
const resealed = (change: Partial<DisputeFile>): DisputeFile => {
  const { seal: _, ...rest } = { ...file, ...change };
  return { ...rest, seal: sealOf(rest, signerOf('linde')) };
};
const judged = (change: Partial<DisputeFile>) => verifyDisputeFile(resealed(change)) as BadPart;

test('M-23: a dispute file is verified with nothing but the file, and with the registry key of the caller', () => {
  expect(verifyDisputeFile(file)).toMatchObject({ ok: true, isPinned: false, unplaced: 1, faults: [], forks: [] });
  const registryKeys = [publicKeys.get(CHANNEL) as never];
  expect(verifyDisputeFile(JSON.parse(JSON.stringify(file)), { registryKeys })).toMatchObject({
    ok: true,
    isPinned: true,
  });
});

test('M-23: a file whose registry is not that of the caller is refused, however well it is signed', () => {
  const registryKeys = [publicKeys.get('denkbeeld') as never];
  expect(verifyDisputeFile(file, { registryKeys })).toMatchObject({ ok: false, part: 'directories', index: 0 });
});

test('M-23: withheld items show as hash and reason, disclosed ones as text, the rest as hash', () => {
  const verdict = verifyDisputeFile(file);
  if (!verdict.ok) throw new Error(verdict.message);
  const withheld = verdict.withheld.filter(({ state }) => state === 'WITHHELD');
  expect(withheld).toMatchObject([{ party: 'linde', text: 'reason', reason: { text: 'Bedrijfsgeheim' } }]);
  expect(withheld[0]?.content).toBeUndefined();
  expect(JSON.stringify(file)).not.toContain('Te duur');
  expect(file.disclosure.filter(({ state }) => state === 'DISCLOSED')).toMatchObject([
    { party: 'fictiviteit', text: 'reason', content: { text: 'Verzamelen faalt' } },
  ]);
});

describe('M-23: what is changed is named, also when the exporter seals it anew', () => {
  const { entries } = file;
  test.each(entries.map((_, index) => index))('entry %i left out', (index) => {
    const bad = judged({ entries: entries.filter((_, at) => at !== index) });
    // Without the last one nothing in the chain is missing: the manifest follows it, so the seal alone cannot help.
    expect(bad).toMatchObject(index === entries.length - 1 ? { part: 'manifest' } : { part: 'entries', index });
  });

  test('two entries in another order', () => {
    const [a, b, c, ...rest] = entries as [string, string, string];
    expect(judged({ entries: [a, c, b, ...rest] })).toMatchObject({
      part: 'entries',
      index: 1,
      code: 'ENTRY_NOT_LINKED',
    });
  });

  test.each([
    ['manifest', { manifest: { ...file.manifest, state: 'NORMAL' } }, undefined],
    ['proposals', { proposals: file.proposals.map((each) => ({ ...each, votes: [] })) }, 0],
    ['besides', { besides: ['x.y.z'] }, 0],
    ['unplaced', { unplaced: [`${file.unplaced[0]}x`] }, 0],
    ['calendar', { calendar: { ...file.calendar, closures: ['2026-05-21'] } }, undefined],
    ['directories', { directories: [`${file.directories[0]}x`] }, 0],
    ['registryKeys', { registryKeys: [{}] }, 0],
  ] as const)('%s', (part, change, index) => {
    expect(judged(change as never)).toMatchObject({ ok: false, part, ...(index === undefined ? {} : { index }) });
  });

  const change = (state: string, more: object) => ({
    disclosure: file.disclosure.map((item) => (item.state === state ? { ...item, ...more } : item)) as never,
  });
  test.each([
    ['another text', change('DISCLOSED', { content: { salt: 'x', text: 'Iets anders' } })],
    ['another reason', change('WITHHELD', { reason: { salt: 'x', text: 'Iets anders' } })],
    ['a withheld text shown', change('WITHHELD', { content: { salt: 'x', text: 'Te duur' } })],
    ['a disclosed text held back', change('DISCLOSED', { content: undefined, state: 'WITHHELD' })],
    ['an item left out', { disclosure: file.disclosure.slice(1) }],
  ])('disclosure: %s', (_, changed) => {
    expect(verifyDisputeFile({ ...file, ...changed })).toMatchObject({
      ok: false,
      part: 'disclosure',
      code: 'DISCLOSURE_WRONG',
    });
  });

  test('anything, when it is not sealed anew', () => {
    const manifest = { ...file.manifest, exportedAtMs: file.manifest.exportedAtMs + 1 };
    expect(verifyDisputeFile({ ...file, manifest })).toMatchObject({ ok: false, part: 'seal' });
    expect(verifyDisputeFile({ ...file, seal: `${file.seal}A` })).toMatchObject({ ok: false, part: 'seal' });
  });
});

test('M-23: nested members of any form are refused, never thrown over', () => {
  const changes = [
    { calendar: { id: 'nl-office' } },
    { disclosure: [null] },
    { registryKeys: [null] },
    { manifest: {} },
  ];
  for (const change of changes) expect(verifyDisputeFile({ ...file, ...change }).ok).toBe(false);
});

test.each([
  [null],
  [[]],
  ['text'],
  [{}],
  [{ ...file, format: 'another' }],
  [{ ...file, more: 1 }],
  [{ ...file, entries: [1] }],
])('M-23: what is no dispute file is refused in words (%#)', (value) => {
  expect(verifyDisputeFile(value)).toMatchObject({ ok: false, part: 'file' });
});
