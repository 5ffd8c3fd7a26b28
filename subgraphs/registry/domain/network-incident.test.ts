import { admits, namesPerson, parseReaders } from '@kortelijn/schema/vocabulary/readers.ts';
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

const subsets = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: 2 ** items.length }, (_, chosen) => items.filter((_, place) => chosen & (1 << place)));

/** Everybody there can be: every combination of roles, and every combination of scopes of a program. */
const everybody = ['linde', 'voorbeeld', 'fictiviteit', 'denkbeeld'].flatMap((participant) => [
  ...subsets(['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK', 'FOUNDATION', 'MEDIATOR', 'MONITOR']).flatMap((roles) =>
    [[], ['incidents:read', 'incidents:write']].map((scopes) => viewer(participant, roles, undefined, scopes)),
  ),
  ...subsets(['incidents:read', 'incidents:write', 'contacts:read']).flatMap((scopes) =>
    [['PROGRAM'], ['SERVICEMANAGER']].map((roles) => viewer(participant, roles, 'bord', scopes)),
  ),
]);

test.each(STATES)('whom the feed names of a network incident that is %s is who may see it', (state) => {
  const readers = parseReaders(readersOf(incident(state), 'voorbeeld'));
  const wrong = everybody.filter((asking) => admits(readers, asking) !== maySee(incident(state), asking));
  expect(wrong).toEqual([]);
  const admitted = everybody.filter((asking) => admits(readers, asking)).length;
  expect(admitted).toBeGreaterThan(0);
  expect(admitted).toBeLessThan(everybody.length);
  expect(namesPerson(readers)).toBe(false);
});

test('before there is a network incident the feed names nobody as its reader', () => {
  expect(readersOf(undefined, 'voorbeeld')).toEqual([]);
});
