import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { participant as lifecycle } from '@kortelijn/schema/lifecycles/participant.ts';
import { describe, expect, test } from 'vitest';
import { actionsOf, mayReadAccession, mayReadSuspension } from './accession.ts';
import { relationsOf } from './membership.ts';
import type { Viewer } from './viewer.ts';

const viewer = (participant: string, roles: string[], program?: string): Viewer => ({
  participant,
  roles,
  scopes: [],
  foundation: 'voorbeeld',
  ...(program && { program }),
});
const people = {
  manager: viewer('merel', ['SERVICEMANAGER']),
  desk: viewer('merel', ['SERVICEDESK']),
  'manager of another': viewer('linde', ['SERVICEMANAGER']),
  foundation: viewer('voorbeeld', ['FOUNDATION']),
  'manager of the foundation': viewer('voorbeeld', ['SERVICEMANAGER']),
};
const DAY_MS = 24 * 3_600_000;
const nowMs = Date.parse('2026-03-02T09:00:00Z');
const good = {
  nowMs,
  invitedAtMs: nowMs - 14 * DAY_MS,
  rolesReachedAtMs: nowMs,
  contactsCompleteAtMs: nowMs,
  agreementSignedAtMs: nowMs,
  endpointProvenAtMs: nowMs,
  contractFitsAtMs: nowMs,
  contactsStaleAtMs: nowMs,
};

/** State by event: who may, when everything that must be known is known. `-` is nobody. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  registerContacts: { CANDIDATE: 'manager', CONTACTS_REGISTERED: 'manager', CONTACTS_PUBLISHED: 'manager' },
  publishContacts: { CONTACTS_REGISTERED: 'manager, foundation' },
  activate: { CONTACTS_PUBLISHED: 'foundation' },
  changeContacts: { ACTIVE: 'manager' },
  confirmContacts: { ACTIVE: 'manager' },
  suspend: { ACTIVE: 'foundation' },
  reinstate: { SUSPENDED: 'foundation' },
  withdraw: { ACTIVE: 'foundation', SUSPENDED: 'foundation' },
};

describe.each(Object.keys(expected))('M-09: %s', (event) => {
  test.each(lifecycle.states)('from %s is for exactly those whom the table names', (state) => {
    const may = Object.entries(people)
      .filter(([, who]) => {
        const situation = { state, relations: relationsOf('merel', who), facts: good };
        return decide(lifecycle, event as keyof typeof lifecycle.events, situation).ok;
      })
      .map(([name]) => name);
    expect(may.join(', ')).toBe(expected[event]?.[state] ?? '');
  });
});

describe('M-09: nothing that is missing is passed over', () => {
  test.each([
    ['apply', undefined, 'invited', { invitationEndedAtMs: nowMs }, 'INVITATION_USED'],
    ['apply', undefined, 'invited', { invitedAtMs: nowMs - 14 * DAY_MS - 1 }, 'INVITATION_EXPIRED'],
    ['applyAgain', 'CANDIDATE', 'invited', { invitationEndedAtMs: nowMs }, 'INVITATION_USED'],
    ['applyAgain', 'ACTIVE', 'invited', {}, 'STATE_DOES_NOT_ALLOW'],
    ['apply', undefined, 'party', {}, 'ROLE_DOES_NOT_ALLOW'],
    ['publishContacts', 'CONTACTS_REGISTERED', 'party', { rolesReachedAtMs: undefined }, 'REACHABILITY_NOT_CONFIRMED'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { contactsCompleteAtMs: undefined }, 'CONTACTS_INCOMPLETE'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { agreementSignedAtMs: nowMs + DAY_MS }, 'AGREEMENT_NOT_SIGNED'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { agreementSignedAtMs: Number.NaN }, 'AGREEMENT_NOT_SIGNED'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { endpointProvenAtMs: undefined }, 'ENDPOINT_NOT_PROVEN'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { endpointProvenAtMs: nowMs - DAY_MS - 1 }, 'ENDPOINT_NOT_PROVEN'],
    ['activate', 'CONTACTS_PUBLISHED', 'foundation', { contractFitsAtMs: undefined }, 'CONTRACT_NOT_COMPATIBLE'],
    ['activate', 'CONTACTS_REGISTERED', 'foundation', {}, 'STATE_DOES_NOT_ALLOW'],
    ['contactsBecomeStale', 'ACTIVE', 'timer', { contactsStaleAtMs: nowMs + 1 }, 'TERM_RUNNING'],
    ['withdraw', 'ACTIVE', 'party', {}, 'OPEN_ESCALATIONS_UNKNOWN'],
  ] as const)('%s from %s by %s with %o: %s is wrong', (event, state, relation, facts, code) => {
    const situation = { state, relations: [relation], facts: { ...good, ...facts } };
    expect(decide(lifecycle, event, situation)).toMatchObject({ ok: false, code });
    const without = { state, relations: [relation], facts: good };
    if (Object.keys(facts).length > 0) expect(decide(lifecycle, event, without)).toMatchObject({ ok: true });
  });
});

describe('what is available is what would be decided', () => {
  const actions = (state: string, who: keyof typeof people, contactsAreComplete = true) =>
    Object.fromEntries(
      actionsOf({ id: 'merel', state, contactsAreComplete }, people[who], nowMs).map(
        ({ action, available, reason }) => [action, available ? 'yes' : reason],
      ),
    );
  test('for the manager of a candidate', () => {
    expect(actions('CANDIDATE', 'manager')).toEqual({
      applyForAccession: 'ROLE_DOES_NOT_ALLOW',
      registerContacts: 'yes',
      publishContacts: 'STATE_DOES_NOT_ALLOW',
      activateParticipant: 'ONLY_FOUNDATION',
      confirmContacts: 'STATE_DOES_NOT_ALLOW',
      suspendParticipant: 'ONLY_FOUNDATION',
      reinstateParticipant: 'ONLY_FOUNDATION',
      withdrawParticipant: 'STATE_DOES_NOT_ALLOW',
    });
  });
  test('each action once: contacts are registered anew before and after activation', () => {
    expect(actions('ACTIVE', 'manager').registerContacts).toBe('yes');
    expect(actions('ACTIVE', 'desk').registerContacts).toBe('ROLE_DOES_NOT_ALLOW');
    expect(actions('SUSPENDED', 'manager').registerContacts).toBe('STATE_DOES_NOT_ALLOW');
  });
  test('M-06: the foundation sees beforehand that a role is missing', () => {
    expect(actions('CONTACTS_PUBLISHED', 'foundation').activateParticipant).toBe('yes');
    expect(actions('CONTACTS_PUBLISHED', 'foundation', false).activateParticipant).toBe('CONTACTS_INCOMPLETE');
  });
});

test('how a party joins is read by its own people and by staff of the foundation', () => {
  const read = Object.entries(people).filter(([, who]) => mayReadAccession('merel', who));
  expect(read.map(([name]) => name)).toEqual(['manager', 'desk', 'foundation']);
  expect(mayReadAccession('merel', viewer('merel', ['PROGRAM'], 'bord'))).toBe(false);
});

test('why a party is suspended is told in three grades', () => {
  const asking = {
    own: [people.desk, false],
    foundation: [people.foundation, true],
    'desk of another': [viewer('linde', ['SERVICEDESK']), true],
    'desk of one that is suspended': [viewer('linde', ['SERVICEDESK']), false],
    'user of another': [viewer('linde', []), true],
    program: [viewer('linde', ['PROGRAM'], 'bord'), true],
  } as const;
  const told = (publicity: 'FOUNDATION' | 'PARTICIPANTS' | 'PUBLIC') =>
    Object.entries(asking)
      .filter(([, [who, viewerIsActive]]) => mayReadSuspension('merel', publicity, { viewer: who, viewerIsActive }))
      .map(([name]) => name);
  expect(told('FOUNDATION')).toEqual(['own', 'foundation']);
  expect(told('PARTICIPANTS')).toEqual(['own', 'foundation', 'desk of another']);
  expect(told('PUBLIC')).toEqual(Object.keys(asking));
});
