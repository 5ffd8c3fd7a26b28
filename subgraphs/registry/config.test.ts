import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeys, pinsOf } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kortelijn-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};

const [hub, registry, linde] = [makeKeys(), makeKeys(), makeKeys()];
const entry = {
  id: 'linde',
  name: 'Linde',
  kind: 'CARE_COOPERATIVE',
  accessionState: 'ACTIVE',
  endpoint: 'http://127.0.0.1:1/graphql',
  issuer: 'http://127.0.0.1:2/linde',
  keys: linde.published,
  calendarId: 'nl-office',
  cooperationModel: 1,
  contacts: [],
};
const env = (more: NodeJS.ProcessEnv = {}) => ({
  DATA_DIR: folder,
  KEYS_FILE: file('keys.json', registry.json),
  PINS_FILE: file('pins.json', pinsOf(hub, registry)),
  HUB_URL: 'http://localhost:4000',
  FOUNDATION: 'voorbeeld',
  SEED_FILE: file('seed.json', [entry]),
  ...more,
});

test('a whole configuration is read', () => {
  const config = readConfig(env());
  expect(config).toMatchObject({ name: 'registry', port: 0, host: '127.0.0.1', foundation: 'voorbeeld' });
  expect(config.seed).toMatchObject([{ id: 'linde', legalName: 'Linde', contacts: [] }]);
});

test('everything that is wrong is told at once, each with its name', () => {
  const wrong = env({
    KORTELIJN_NAME: 'linde',
    PORT: '99999',
    KEYS_FILE: undefined,
    FOUNDATION: 'Registry',
    HUB_URL: 'x',
    FEED_RETENTION_MS: '7 days',
  });
  let message = '';
  try {
    readConfig(wrong);
  } catch (error) {
    message = (error as Error).message;
  }
  for (const name of ['KORTELIJN_NAME', 'PORT', 'KEYS_FILE', 'FOUNDATION', 'HUB_URL', 'FEED_RETENTION_MS'])
    expect(message).toContain(`- ${name}:`);
});

test.each([
  [
    'a private key where a public one of another curve belongs',
    { keys: { sign: linde.published.agree, agree: [] } },
    /sign/,
  ],
  ['a party without keys', { keys: { sign: [], agree: [] } }, /sign and an agree key/],
  ['the name of the registry', { id: 'registry' }, /participant id/],
  ['an address that is no URL', { endpoint: 'file:///etc/passwd' }, /endpoint to be a URL/],
  ['a state nobody knows', { accessionState: 'FRIEND' }, /accessionState to be one of/],
])('a seed with %s is refused at the start', (_title, more, message) => {
  const SEED_FILE = file('wrong.json', [{ ...entry, ...more }]);
  expect(() => readConfig(env({ SEED_FILE }))).toThrow(message);
});

test('a registry whose own key nobody pins does not start', () => {
  expect(() => readConfig(env({ KEYS_FILE: file('other.json', linde.json) }))).toThrow(
    /PINS_FILE: expected the sign key/,
  );
});
