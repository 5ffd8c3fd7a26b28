import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { readCursorKeys, watchCursorKeys } from './cursor-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'kortelijn-cursor-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (fill: number) => Buffer.alloc(32, fill).toString('base64url');

it('are made when there are none, for the eyes of the hub only, and stay the same', () => {
  const file = join(folder, 'made', 'cursors.json');
  const keys = readCursorKeys(file);
  expect(keys).toHaveLength(1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readCursorKeys(file)).toEqual(keys);
});

it('are refused when they are none, or too short, with the file named', () => {
  const file = join(folder, 'wrong.json');
  for (const content of ['{}', '{"keys": []}', '{"keys": ["short"]}', 'nothing']) {
    writeFileSync(file, content);
    expect(() => readCursorKeys(file), content).toThrow();
  }
});

it('rotate while the hub runs; what cannot be read changes nothing and is told', async () => {
  const file = join(folder, 'rotating.json');
  writeFileSync(file, JSON.stringify({ keys: [keyOf(1)] }));
  const problems: string[] = [];
  using keys = watchCursorKeys(file, (problem) => problems.push(problem), 20);
  writeFileSync(file, JSON.stringify({ keys: [keyOf(2), keyOf(1)] }));
  const fills = () => keys.current().map(({ key }) => key[0]);
  await vi.waitFor(() => expect(fills()).toEqual([2, 1]), { timeout: 5_000 });
  writeFileSync(file, '{"keys": ["too short"]}');
  await vi.waitFor(() => expect(problems.join()).toContain('32 bytes'), { timeout: 5_000 });
  expect(fills()).toEqual([2, 1]);
  expect(readFileSync(file, 'utf8')).toContain('too short');
});
