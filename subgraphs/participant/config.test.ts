import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeys, pinsOf } from '@kortelijn/kit/trust/stand-in-hub.ts';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kortelijn-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
};
const good = {
  KORTELIJN_NAME: 'linde',
  DATA_DIR: folder,
  KEYS_FILE: file('keys.json', makeKeys().json),
  PINS_FILE: file('pins.json', pinsOf(makeKeys(), makeKeys())),
  HUB_URL: 'http://localhost:4000',
};

test('what is left out has a safe default: loopback, any free port, a database of its own', () => {
  expect(readConfig(good)).toMatchObject({
    name: 'linde',
    host: '127.0.0.1',
    port: 0,
    databaseUrl: undefined,
    seed: undefined,
    rhythm: { everyMs: 300_000, missedMax: 3 },
    logLevel: 'info',
  });
  const more = {
    DATABASE_URL: 'postgresql://localhost/linde',
    PORT: '4101',
    STATUS_EVERY_MINUTES: '2',
    FEED_RETENTION_MS: '60000',
  };
  expect(readConfig({ ...good, ...more })).toMatchObject({
    port: 4101,
    rhythm: { everyMs: 120_000 },
    feedRetentionMs: 60_000,
  });
});

test('everything that is wrong is told at once, with what was expected and found', () => {
  expect(() => readConfig({})).toThrow(/KORTELIJN_NAME.*\n.*DATA_DIR.*\n.*KEYS_FILE.*\n.*PINS_FILE.*\n.*HUB_URL/);
  const bad = {
    KORTELIJN_NAME: 'registry',
    PORT: '70000',
    DATABASE_URL: 'mysql://localhost/linde',
    KEYS_FILE: file('broken.json', '{'),
    PINS_FILE: join(folder, 'absent.json'),
    HUB_URL: 'localhost:4000',
    SEED_FILE: file('seed.json', { name: 'x' }),
    STATUS_MISSED_MAX: '0',
    FEED_RETENTION_MS: '7 days',
    LOG_LEVEL: 'loud',
  };
  const tell = () => readConfig({ ...good, ...bad });
  for (const name of Object.keys(bad)) expect(tell, name).toThrow(name);
  expect(tell).toThrow('PORT: expected a port, 0 for any free one, found "70000"');
});
