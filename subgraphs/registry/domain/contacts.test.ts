import { describe, expect, test } from 'vitest';
import { isStale, mayRead, mayReadNames } from './contacts.ts';
import type { Viewer } from './viewer.ts';

const viewer = (participant: string, roles: string[] = [], program?: string, scopes: string[] = []): Viewer => ({
  participant,
  roles,
  scopes,
  foundation: 'voorbeeld',
  ...(program && { program }),
});

const people = {
  'another active desk': [viewer('denkbeeld', ['SERVICEDESK']), true],
  'a user of another party': [viewer('denkbeeld'), true],
  'somebody of a suspended party': [viewer('denkbeeld', ['SERVICEDESK']), false],
  'its own manager': [viewer('linde', ['SERVICEMANAGER']), true],
  'its own manager while suspended': [viewer('linde', ['SERVICEMANAGER']), false],
  'its own desk': [viewer('linde', ['SERVICEDESK']), true],
  'the foundation': [viewer('voorbeeld', ['FOUNDATION']), true],
  'a program without the scope': [viewer('denkbeeld', ['PROGRAM'], 'bord', ['incidents:read']), true],
  'a program with the scope': [viewer('denkbeeld', ['PROGRAM'], 'bord', ['contacts:read']), true],
  'a program that says it is the foundation': [viewer('voorbeeld', ['FOUNDATION'], 'bord', []), true],
} as const;

/** NETWORK USERS FOUNDATION, then the names of a servicedesk. */
const expected: Record<keyof typeof people, string> = {
  'another active desk': 'yes yes no yes',
  'a user of another party': 'yes yes no yes',
  'somebody of a suspended party': 'no yes no no',
  'its own manager': 'yes yes yes yes',
  'its own manager while suspended': 'yes yes yes yes',
  'its own desk': 'yes yes no yes',
  'the foundation': 'yes yes yes yes',
  'a program without the scope': 'no yes no no',
  'a program with the scope': 'yes yes no no',
  'a program that says it is the foundation': 'no yes no no',
};

describe('M-10: published contacts', () => {
  test.each(Object.keys(people) as (keyof typeof people)[])('%s reads what its place allows', (who) => {
    const [asking, viewerIsActive] = people[who];
    const reading = { viewer: asking, viewerIsActive };
    const said = (yes: boolean) => (yes ? 'yes' : 'no');
    const contact = (readers: 'NETWORK' | 'USERS' | 'FOUNDATION') => ({
      participant: 'linde',
      role: 'SERVICEDESK' as const,
      readers,
    });
    const found = [
      ...(['NETWORK', 'USERS', 'FOUNDATION'] as const).map((readers) => said(mayRead(contact(readers), reading))),
      said(mayReadNames(contact('USERS'), reading)),
    ];
    expect(found.join(' ')).toBe(expected[who]);
  });

  test('names of other roles go with their contact', () => {
    const reading = { viewer: viewer('denkbeeld', ['PROGRAM'], 'bord', []), viewerIsActive: false };
    expect(mayReadNames({ participant: 'linde', role: 'HELPDESK', readers: 'USERS' }, reading)).toBe(true);
  });
});

test('M-11: a contact is stale 365 days after it was last confirmed, not a moment before', () => {
  const publishedAt = new Date('2025-01-01T00:00:00Z');
  const confirmedAt = new Date('2025-06-01T00:00:00Z');
  const days = (from: Date, count: number) => from.getTime() + count * 86_400_000;
  expect(isStale({ publishedAt, confirmedAt: null }, days(publishedAt, 365) - 1)).toBe(false);
  expect(isStale({ publishedAt, confirmedAt: null }, days(publishedAt, 365))).toBe(true);
  expect(isStale({ publishedAt, confirmedAt }, days(publishedAt, 365))).toBe(false);
  expect(isStale({ publishedAt, confirmedAt }, days(confirmedAt, 365))).toBe(true);
});
