/** Who takes part, while the registry is there, gone, older or false. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDirectory, type Directory } from './directory.ts';

const registry = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const jwk = registry.publicKey.export({ format: 'jwk' }) as JsonWebKey;
const kid = createHash('sha256')
  .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }))
  .digest('base64url');

const entry = (id: string, more = {}) => ({
  id,
  name: id,
  kind: 'OTHER',
  accessionState: 'ACTIVE',
  endpoint: `http://127.0.0.1/${id}`,
  keys: { sign: [], agree: [] },
  ...more,
});
const signed = (
  version: number,
  participants: unknown[] = [entry('linde')],
  { key = registry.privateKey as KeyObject, typ = 'directory+jwt' } = {},
) => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'EdDSA', typ, kid })}.${part({ version, at: '2026-01-01T00:00:00.000Z', participants })}`;
  return `${head}.${sign(null, Buffer.from(head), key).toString('base64url')}`;
};

let folder: string;
let answer: string | undefined;
let directory: Directory | undefined;
const problems: string[] = [];

const start = async () => {
  directory = await createDirectory({
    fetchSigned: async () => answer,
    pins: [jwk],
    file: join(folder, 'directory.jws'),
    now: Date.now,
    refreshMs: 60_000,
    onProblem: (problem) => problems.push(problem),
  });
  return directory;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kortelijn-directory-'));
  problems.length = 0;
});
afterEach(async () => {
  await directory?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('starts from the registry, keeps a copy, and starts from the copy when the registry is down', async () => {
  answer = signed(3);
  const first = await start();
  expect(first.current()).toMatchObject({ version: 3, participants: [{ id: 'linde' }] });
  await first[Symbol.asyncDispose]();
  expect(await readFile(join(folder, 'directory.jws'), 'utf8')).toBe(answer);
  answer = undefined;
  const second = await start();
  expect(second.current().version).toBe(3);
  expect(second.ageMs()).toBeUndefined();
  answer = signed(4, [entry('denkbeeld')]);
  await second.refresh();
  expect(second.current().find('denkbeeld')).toBeDefined();
  expect(second.ageMs()).toBeGreaterThanOrEqual(0);
});

test('a registry that is silent is told once, with why', async () => {
  answer = signed(1);
  directory = await createDirectory({
    fetchSigned: async () => {
      if (answer === undefined) throw new Error('UNREACHABLE');
      return answer;
    },
    pins: [jwk],
    file: join(folder, 'directory.jws'),
    now: Date.now,
    refreshMs: 60_000,
    onProblem: (problem) => problems.push(problem),
  });
  answer = undefined;
  await directory.refresh();
  await directory.refresh();
  expect(problems).toEqual(['The registry gave no directory: UNREACHABLE']);
  expect(directory.current().version).toBe(1);
});

test('tells of each newer version, once', async () => {
  answer = signed(1);
  const { onChange, refresh } = await start();
  const versions: number[] = [];
  onChange(({ version }) => versions.push(version));
  await refresh();
  answer = signed(2);
  await refresh();
  await refresh();
  expect(versions).toEqual([2]);
});

test.each([
  ['an older version', () => signed(4)],
  ['another of the same version', () => signed(5, [entry('denkbeeld')])],
  ['one signed by somebody else', () => signed(9, [], { key: stranger.privateKey })],
  ['a signed text of another kind', () => signed(9, [], { typ: 'envelope+jwt' })],
  [
    'one that was changed',
    () => signed(9).replace(/\.[\w-]+\./, `.${Buffer.from('{"version":99,"participants":[]}').toString('base64url')}.`),
  ],
  ['one without participants', () => signed(9, undefined as never).slice(0, -3)],
  ['one with an entry that cannot be read', () => signed(9, [entry('linde'), { id: 'X' }])],
  ['one in which somebody is called registry', () => signed(9, [entry('registry')])],
  ['garbage', () => 'garbage'],
])('A22: %s does not take its place', async (_name, jws) => {
  answer = signed(5);
  const { current, refresh, signed: kept } = await start();
  const good = answer;
  answer = jws();
  await refresh();
  expect(current().version).toBe(5);
  expect(kept()).toBe(good);
  expect(problems).toHaveLength(1);
});

test('A22: a copy on disk that somebody changed is not believed', async () => {
  await writeFile(join(folder, 'directory.jws'), signed(9, [], { key: stranger.privateKey }));
  answer = undefined;
  const starting = start();
  await expect.poll(() => problems.length).toBe(1);
  answer = signed(1);
  expect((await starting).current().version).toBe(1);
});
