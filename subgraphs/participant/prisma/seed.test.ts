import { fileURLToPath } from 'node:url';
import { createPool, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { migrate } from '@kortelijn/kit/postgres/migrate.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySeed, seedOf } from './seed.ts';

const linde = participantId('linde');
const given = {
  name: 'Lindehof',
  teams: [
    { name: 'Servicedesk', line: 1, organisationLine: 'Lindehof' },
    { name: 'Beheer', line: 2 },
  ],
  persons: [{ subject: 'linde-desk', name: 'Noor Balie', roles: ['SERVICEDESK'] }],
  services: ['Delen', 'Verzamelen'],
  calendarId: 'nl',
};

let postgres: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  postgres = await launchScratch();
  await postgres.ensureDatabase('linde');
  await migrate(postgres.url('linde'), fileURLToPath(new URL('migrations', import.meta.url)));
  pool = createPool(postgres.url('linde'));
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

test('an empty database gets its teams, people and services once, also by two starts at the same time', async () => {
  const starts = await Promise.all([
    applySeed(pool, linde, seedOf(given), 0),
    applySeed(pool, linde, seedOf(given), 0),
  ]);
  expect(starts.sort()).toEqual([false, true]);
  expect(await applySeed(pool, linde, seedOf({ ...given, services: ['Anders'] }), 0)).toBe(false);
  const { rows: teams } = await pool.query('SELECT id, name, line, organisation_line FROM team ORDER BY line');
  expect(teams).toMatchObject([
    { name: 'Servicedesk', line: 1, organisation_line: 'Lindehof' },
    { name: 'Beheer', line: 2, organisation_line: null },
  ]);
  expect(teams[0].id).toMatch(/^linde:tm_/);
  expect((await pool.query('SELECT subject, roles FROM person')).rows).toEqual([
    { subject: 'linde-desk', roles: ['SERVICEDESK'] },
  ]);
  expect((await pool.query('SELECT service, level FROM service_status ORDER BY 1')).rows).toEqual([
    { service: 'Delen', level: 'UNKNOWN' },
    { service: 'Verzamelen', level: 'UNKNOWN' },
  ]);
});

test("another participant's database is refused", async () => {
  await expect(applySeed(pool, participantId('denkbeeld'), seedOf(given), 0)).rejects.toThrow(
    'Expected the database of denkbeeld, found that of linde',
  );
});

test('a seed that lacks something says what', () => {
  const bad: readonly [object, string][] = [
    [{ ...given, name: '' }, 'name to be a text'],
    [{ ...given, teams: undefined }, 'teams to be a list'],
    [{ ...given, teams: [{ name: 'x', line: '1' }] }, 'teams[0].line'],
    [{ ...given, persons: [{ subject: 'x', name: 'y' }] }, 'persons[0].roles'],
    [{ ...given, services: [1] }, 'a service'],
    [{ ...given, calendarId: null }, 'calendarId'],
    [[], 'the seed to be a JSON object'],
  ];
  for (const [seed, message] of bad) expect(() => seedOf(seed)).toThrow(message);
});
