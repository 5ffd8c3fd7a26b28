import { expect, test } from 'vitest';
import { maySee, type NetworkIncidentState, readersOf, relationsOf, STATES } from './network-incident.ts';
import type { Viewer } from './viewer.ts';

const incident = (state: NetworkIncidentState) => ({
  state,
  proposedBy: 'fictiviteit',
  owners: ['linde', 'voorbeeld'],
});
const viewer = (participant: string, roles: string[], program?: string, scopes: string[] = []): Viewer => ({
  participant,
  roles,
  scopes,
  foundation: 'voorbeeld',
  ...(program && { program }),
});

/** Seen as CANDIDATE, PROMOTED, DEMOTED; what the caller is to it. */
const table: readonly [string, Viewer, string, string][] = [
  ['the desk that proposed it', viewer('fictiviteit', ['SERVICEDESK']), 'yes yes yes', 'anyDesk'],
  ['the helpdesk of its proposer', viewer('fictiviteit', ['HELPDESK']), 'no yes no', ''],
  ["a linked owner's manager", viewer('linde', ['SERVICEMANAGER']), 'yes yes yes', 'anyDesk linkedParty linkedManager'],
  ["a linked owner's desk", viewer('linde', ['SERVICEDESK']), 'no yes no', 'anyDesk linkedParty'],
  ['the manager of nobody concerned', viewer('denkbeeld', ['SERVICEMANAGER']), 'no yes no', 'anyDesk'],
  ['the foundation', viewer('voorbeeld', ['FOUNDATION']), 'yes yes yes', 'linkedParty foundation'],
  ['who calls itself foundation elsewhere', viewer('denkbeeld', ['FOUNDATION']), 'no yes no', ''],
  [
    'a program with the scope',
    viewer('linde', ['PROGRAM'], 'bord', ['incidents:read']),
    'no yes no',
    'linkedParty program',
  ],
  ['a program without it', viewer('linde', ['PROGRAM'], 'bord'), 'no no no', 'linkedParty program'],
  [
    'a program in the name of a manager',
    viewer('linde', ['SERVICEMANAGER'], 'bord', ['incidents:read']),
    'no yes no',
    'linkedParty program',
  ],
];

test.each(table)('%s sees a network incident in the states it may', (_who, asking, seen, relations) => {
  expect(STATES.map((state) => (maySee(incident(state), asking) ? 'yes' : 'no')).join(' ')).toBe(seen);
  expect(relationsOf(incident('CANDIDATE'), asking).join(' ')).toBe(relations);
});

test('the feed names who could see it: the parties, and everyone once it is promoted', () => {
  expect(readersOf(undefined, 'voorbeeld')).toEqual([]);
  expect(readersOf(incident('CANDIDATE'), 'voorbeeld')).toEqual(['fictiviteit', 'linde', 'voorbeeld']);
  expect(readersOf(incident('PROMOTED'), 'voorbeeld')).toEqual(['fictiviteit', 'linde', 'voorbeeld', '*']);
});
