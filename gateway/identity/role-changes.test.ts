import { expect, test } from 'vitest';
import type { Authority } from './authority.ts';
import { createRoleChanges } from './role-changes.ts';

const anna: Authority = {
  kind: 'subject',
  participant: 'linde',
  subject: 'anna',
  roles: ['SERVICEMANAGER', 'SERVICEDESK'],
  scopes: [],
  expiresAtMs: 0,
  standing: 'FULL',
};
const change = { participant: 'linde', subject: 'anna', roles: ['SERVICEDESK', 'MONITOR'], atMs: 10_000 };

test('A7: a role that was taken away opens nothing, however long the token still lives', () => {
  const changes = createRoleChanges();
  expect(changes.note(change)).toBe(true);
  expect(changes.narrow(anna, 9_000).roles).toEqual(['SERVICEDESK']);
  expect(changes.narrow(anna, 10_000).roles).toEqual(['SERVICEDESK']);
});

test('a token that is younger than the change, another person and a program keep what they have', () => {
  const changes = createRoleChanges();
  changes.note(change);
  expect(changes.narrow(anna, 11_000)).toBe(anna);
  for (const other of [
    { ...anna, subject: 'bert' },
    { ...anna, participant: 'denkbeeld' },
    { ...anna, program: 'anna' },
  ]) {
    expect(changes.narrow(other, 0)).toBe(other);
  }
});

test('the newest change counts, in whatever order they are heard', () => {
  const changes = createRoleChanges();
  changes.note(change);
  expect(changes.note({ ...change, roles: ['SERVICEMANAGER'], atMs: 5_000 })).toBe(false);
  expect(changes.note(change)).toBe(false);
  expect(changes.narrow(anna, 0).roles).toEqual(['SERVICEDESK']);
  expect(changes.note({ ...change, roles: [], atMs: 20_000 })).toBe(true);
  expect(changes.narrow(anna, 15_000).roles).toEqual([]);
});
