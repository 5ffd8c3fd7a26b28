/** Every way to choose participants, and every way to refuse, as a table. */
import { expect, test } from 'vitest';
import type { Caller } from '../transport/caller.ts';
import type { RootField } from './contract.ts';
import { type AccessionState, createSnapshot } from './directory-snapshot.ts';
import { route } from './route.ts';

const listed = (id: string, accessionState: AccessionState = 'ACTIVE', mergedInto?: string) => ({
  id,
  name: id,
  kind: 'OTHER',
  accessionState,
  endpoint: '',
  keys: { sign: [], agree: [] },
  ...(mergedInto !== undefined && { mergedInto }),
});
const directory = createSnapshot(1, '', [
  listed('linde'),
  listed('denkbeeld'),
  listed('nieuw', 'CONTACTS_REGISTERED'),
  listed('stil', 'SUSPENDED'),
  listed('weg', 'WITHDRAWN'),
  listed('oud', 'WITHDRAWN', 'denkbeeld'),
  listed('ouder', 'WITHDRAWN', 'oud'),
]);
const from = (participant: string): Caller => ({ kind: 'subject', participant, subject: 'x', roles: [], scopes: [] });
const id = (prefix: string, tag = 'inc') => `${prefix}:${tag}_0198f2c4-1111-7222-8333-444455556666`;

const byId: RootField = { kind: 'routed', by: 'ID', path: ['input', 'incidentId'] };
const byReference: RootField = { kind: 'routed', by: 'REFERENCE', path: ['reference'] };
const byParticipant: RootField = { kind: 'routed', by: 'PARTICIPANT', path: ['to'] };
const byCaller: RootField = { kind: 'routed', by: 'CALLER', path: [] };
const scattered: RootField = { kind: 'scattered', merge: 'CONNECTION', isKept: false };

const toId = (incidentId: unknown) => ({ input: { incidentId } });
const suspended = { participant: 'stil', isAsked: false, outcome: 'SUSPENDED', code: 'SUSPENDED' };

test.each([
  ['an id goes to its prefix', byId, toId(id('denkbeeld')), 'linde', { kind: 'one', participant: 'denkbeeld' }],
  [
    'an id of a merged party goes to who took over',
    byId,
    toId(id('ouder')),
    'linde',
    { kind: 'one', participant: 'denkbeeld' },
  ],
  ['an id of nobody is not found', byId, toId(id('niemand')), 'linde', { kind: 'refused', code: 'NOT_FOUND' }],
  [
    'an id with a tag of the registry is unknown',
    byId,
    toId(id('linde', 'net')),
    'linde',
    { kind: 'refused', code: 'UNKNOWN_ID' },
  ],
  ['a text that is no id is unknown', byId, toId('linde'), 'linde', { kind: 'refused', code: 'UNKNOWN_ID' }],
  ['an id that is missing is unknown', byId, {}, 'linde', { kind: 'refused', code: 'UNKNOWN_ID' }],
  [
    'a suspended party is not asked by others',
    byId,
    toId(id('stil')),
    'linde',
    { kind: 'refused', code: 'SUSPENDED', participant: 'stil' },
  ],
  [
    'a suspended party is asked by its own people',
    byId,
    toId(id('stil')),
    'stil',
    { kind: 'one', participant: 'stil' },
  ],
  [
    'a party that is not active yet is not asked by others',
    byId,
    toId(id('nieuw')),
    'linde',
    { kind: 'refused', code: 'NOT_ACTIVE' },
  ],
  ['a party that left is not asked', byId, toId(id('weg')), 'linde', { kind: 'refused', code: 'NOT_ACTIVE' }],
  [
    'a reference goes to its prefix, in any case',
    byReference,
    { reference: 'Denkbeeld-2026-0001' },
    'linde',
    { kind: 'one', participant: 'denkbeeld' },
  ],
  [
    'a reference of nobody is not found',
    byReference,
    { reference: 'NIEMAND-2026-0001' },
    'linde',
    { kind: 'refused', code: 'NOT_FOUND' },
  ],
  [
    'a text that is no reference is unknown',
    byReference,
    { reference: '0042' },
    'linde',
    { kind: 'refused', code: 'UNKNOWN_REFERENCE' },
  ],
  ['a participant by name', byParticipant, { to: 'denkbeeld' }, 'linde', { kind: 'one', participant: 'denkbeeld' }],
  [
    'a name that nobody has',
    byParticipant,
    { to: 'niemand' },
    'linde',
    { kind: 'refused', code: 'UNKNOWN_PARTICIPANT' },
  ],
  ['the caller’s own', byCaller, {}, 'denkbeeld', { kind: 'one', participant: 'denkbeeld' }],
  ['the caller’s own, merged', byCaller, {}, 'oud', { kind: 'one', participant: 'denkbeeld' }],
  [
    'everyone that is active, the suspended named',
    scattered,
    {},
    'linde',
    { kind: 'some', participants: ['denkbeeld', 'linde'], unasked: [suspended] },
  ],
  [
    'a suspended caller’s own among them',
    scattered,
    {},
    'stil',
    { kind: 'some', participants: ['denkbeeld', 'linde', 'stil'], unasked: [] },
  ],
  [
    'only who is named, each once',
    scattered,
    { participants: ['oud', 'denkbeeld'] },
    'linde',
    { kind: 'some', participants: ['denkbeeld'], unasked: [] },
  ],
  [
    'who is named and suspended is said',
    scattered,
    { participants: ['linde', 'stil'] },
    'linde',
    { kind: 'some', participants: ['linde'], unasked: [suspended] },
  ],
  [
    'who is named and not active is skipped',
    scattered,
    { participants: ['nieuw'] },
    'linde',
    { kind: 'some', participants: [], unasked: [{ outcome: 'SKIPPED', code: 'NOT_ACTIVE' }] },
  ],
  [
    'who is named and unknown refuses the whole',
    scattered,
    { participants: ['linde', 'niemand'] },
    'linde',
    { kind: 'refused', code: 'UNKNOWN_PARTICIPANT' },
  ],
  [
    'the registry is no participant',
    scattered,
    { participants: ['registry'] },
    'linde',
    { kind: 'refused', code: 'UNKNOWN_PARTICIPANT' },
  ],
  ['a page of nothing', scattered, { first: 0 }, 'linde', { kind: 'refused', code: 'FIRST_OUT_OF_RANGE' }],
  ['a page of 100', scattered, { first: 100 }, 'linde', { kind: 'some' }],
  ['a page of 101', scattered, { first: 101 }, 'linde', { kind: 'refused', code: 'FIRST_OUT_OF_RANGE' }],
  [
    'a page of a routed list has the same bounds',
    byCaller,
    { first: 101 },
    'linde',
    { kind: 'refused', code: 'FIRST_OUT_OF_RANGE' },
  ],
] as const)('%s', (_name, field, given, participant, expected) => {
  expect(route(field, given, from(participant), directory)).toMatchObject(expected);
});
