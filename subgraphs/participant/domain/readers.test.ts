import { admits, namesPerson, parseReaders } from '@kortelijn/schema/vocabulary/readers.ts';
import { describe, expect, test } from 'vitest';
import { accessTo, type Reading, standingOf } from './access.ts';
import { readersOf } from './readers.ts';

const OWNER = 'linde';
const PARTIES = [OWNER, 'denkbeeld', 'fictiviteit', 'gedachte'];
const ROLES = ['SERVICEMANAGER', 'SERVICEDESK', 'HELPDESK', 'FOUNDATION', 'MEDIATOR', 'MONITOR'];
const SCOPES = ['incidents:read', 'incidents:write', 'contacts:read'];

const subsets = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: 2 ** items.length }, (_, chosen) => items.filter((_, place) => chosen & (1 << place)));

/** Everybody there can be: every combination of roles, and every combination of scopes of a program. */
const callers: readonly Reading[] = PARTIES.flatMap((participant) => [
  ...subsets(ROLES).flatMap((roles) => [[], ['incidents:read']].map((scopes) => ({ participant, roles, scopes }))),
  ...subsets(SCOPES).map((scopes) => ({ participant, roles: ['PROGRAM'], scopes, program: 'meldingen' })),
]);

const situations = [OWNER, 'denkbeeld'].flatMap((reporter) =>
  subsets(['fictiviteit', 'gedachte']).flatMap((others) =>
    ([null, 'CANDIDATE', 'PROMOTED', 'DEMOTED'] as const).map((networkIncidentState) => ({
      id: `${OWNER}:inc_1`,
      reporter,
      involved: [...new Set([OWNER, reporter, ...others])].sort(),
      networkIncidentState,
    })),
  ),
);

describe('readers of an incident', () => {
  test.each(situations)(
    'reported by $reporter, involved $involved, network incident $networkIncidentState: admitted is who may read it',
    (incident) => {
      const readers = parseReaders(readersOf(incident));
      const wrong = callers.filter(
        (caller) => admits(readers, caller) !== (accessTo(standingOf(caller, OWNER), incident) !== undefined),
      );
      expect(wrong).toEqual([]);
    },
  );

  test('the table tells apart: some of its callers read and some do not, in every situation', () => {
    expect(callers.length * situations.length).toBe(17_408);
    for (const incident of situations) {
      const admitted = callers.filter((caller) => accessTo(standingOf(caller, OWNER), incident) !== undefined);
      expect(admitted.length).toBeGreaterThan(0);
      expect(admitted.length).toBeLessThan(callers.length);
    }
  });

  test('name no person, so that classes can stand for their members; before there is one, nobody reads it', () => {
    for (const incident of situations) expect(namesPerson(parseReaders(readersOf(incident)))).toBe(false);
    expect(readersOf(undefined)).toEqual([]);
  });
});
