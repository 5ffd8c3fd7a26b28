import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportDispute } from '@kortelijn/schema/interpret/escalation/dispute.fixture.ts';
import { publicKeys } from '@kortelijn/schema/interpret/escalation/signed.fixture.ts';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fileBytes, judge, verify } from './verify.ts';

const file = exportDispute();
const bytes = fileBytes(file);
const text = bytes.toString();
const folder = mkdtempSync(join(tmpdir(), 'kortelijn-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));
const saved = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
async function run(options: Parameters<typeof verify>[0]) {
  const lines: string[] = [];
  const code = await verify(options, (line) => lines.push(line));
  return { code, output: lines.join('\n') };
}

describe('M-23: kortelijn verify', () => {
  test('says SOUND with exit code 0, and prints withheld items as hash and reason', async () => {
    const { code, output } = await run({ file: saved('sound.json', bytes) });
    expect(code).toBe(0);
    const withheld = file.disclosure.find(({ state }) => state === 'WITHHELD');
    expect(output).toContain('SOUND');
    expect(output).toContain(`${withheld?.hash} (withheld by linde: "Bedrijfsgeheim")`);
    expect(output).not.toContain('Te duur');
  });

  test('takes the registry key from the caller, as JWK or as pins, and refuses a file of another registry', async () => {
    const sound = saved('sound.json', bytes);
    const jwk = (name: string) => publicKeys.get(name)?.export({ format: 'jwk' });
    const right = saved('right.json', JSON.stringify({ registry: { sign: [jwk('registry')] } }));
    const other = saved('other.json', JSON.stringify(jwk('denkbeeld')));
    expect((await run({ file: sound, registryKey: right })).output).toContain('registry key that was given');
    expect((await run({ file: sound, registryKey: other })).code).toBe(1);
  });

  test('names the first bad entry with exit code 1, also as JSON', async () => {
    const at = text.indexOf(file.entries[3] as string) + 200;
    const changed = saved('changed.json', `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`);
    const { code, output } = await run({ file: changed });
    expect(code).toBe(1);
    expect(output).toContain('entry 3');
    const asJson = await run({ file: changed, json: true });
    expect(JSON.parse(asJson.output)).toMatchObject({ ok: false, part: 'entries', index: 3 });
  });

  test('says wrong use with exit code 2 where there is nothing to judge', async () => {
    expect((await run({ file: join(folder, 'nothing.json') })).code).toBe(2);
    expect((await run({ file: saved('sound.json', bytes), registryKey: saved('no-key.json', '[]') })).code).toBe(2);
  });
});

/** Where every byte of the file stands: in which entry, or in which other part. */
const entrySpans = file.entries.map((jws) => ({ from: text.indexOf(jws), to: text.indexOf(jws) + jws.length }));
const entryAt = (position: number) => entrySpans.findIndex(({ from, to }) => position >= from && position < to);

describe('M-23: one changed byte of a dispute file', () => {
  const judgeChanged = (position: number, byte: number) => {
    const changed = Buffer.from(bytes);
    changed[position] = byte;
    return judge(changed);
  };
  const anyByte = fc.integer({ min: 0, max: 255 });

  test('in an entry names that entry, whatever the byte becomes: header, claims, signature or no text at all', () => {
    const position = fc.integer({ min: 0, max: file.entries.length - 1 }).chain((index) => {
      const { from, to } = entrySpans[index] as { from: number; to: number };
      const [head, payload] = (file.entries[index] as string).split('.') as [string, string];
      const signature = from + head.length + payload.length + 2;
      return fc.oneof(
        fc.integer({ min: from, max: from + head.length }),
        fc.integer({ min: from + head.length + 1, max: signature - 1 }),
        fc.integer({ min: signature, max: to - 1 }),
        fc.constant(to - 1),
      );
    });
    const special = fc.constantFrom(...Buffer.from('",\\[]{}:. \n\0'), 0xff, 0xc3);
    fc.assert(
      fc.property(position, fc.oneof(anyByte, special), (at, byte) => {
        fc.pre(bytes[at] !== byte);
        expect(judgeChanged(at, byte)).toMatchObject({ ok: false, part: 'entries', index: entryAt(at) });
      }),
      { numRuns: 400 },
    );
  });

  test('anywhere else makes it unsound too', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), anyByte, (at, byte) => {
        fc.pre(bytes[at] !== byte);
        expect(judgeChanged(at, byte).ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});
