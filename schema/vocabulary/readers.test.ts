import { describe, expect, test } from 'vitest';
import { admits, holdersOf, namesPerson, parseReaders, participantsOf, person, type ReaderCaller } from './readers.ts';

const desk: ReaderCaller = { participant: 'linde', roles: ['SERVICEDESK'], scopes: [], subject: 'anna' };
const helpdesk: ReaderCaller = { participant: 'linde', roles: ['HELPDESK'], scopes: [], subject: 'bram' };
const otherDesk: ReaderCaller = { participant: 'fictiviteit', roles: ['SERVICEDESK'], scopes: [], subject: 'anna' };
const program: ReaderCaller = {
  participant: 'linde',
  roles: ['PROGRAM'],
  scopes: ['incidents:read'],
  subject: 'meldingen',
};
const everyone = { desk, helpdesk, otherDesk, program };

const admitted = (...readers: string[]) => {
  const parsed = parseReaders(readers);
  return Object.entries(everyone).flatMap(([name, caller]) => (admits(parsed, caller) ? [name] : []));
};

describe('readers of an event', () => {
  test.each([
    { readers: ['*'], names: ['desk', 'helpdesk', 'otherDesk', 'program'] },
    { readers: ['linde'], names: ['desk', 'helpdesk', 'program'] },
    { readers: ['linde#SERVICEDESK'], names: ['desk'] },
    { readers: ['linde#SERVICEDESK|HELPDESK'], names: ['desk', 'helpdesk'] },
    { readers: ['linde#SERVICEDESK', 'linde#HELPDESK'], names: ['desk', 'helpdesk'] },
    { readers: ['*#SERVICEDESK'], names: ['desk', 'otherDesk'] },
    { readers: ['linde#incidents:read'], names: ['program'] },
    { readers: ['*#HELPDESK', 'fictiviteit#SERVICEDESK'], names: ['helpdesk', 'otherDesk'] },
    { readers: ['linde/anna'], names: ['desk'] },
    { readers: ['fictiviteit/anna', 'linde/bram'], names: ['helpdesk', 'otherDesk'] },
    { readers: [], names: [] },
  ])('$readers names $names', ({ readers, names }) => {
    expect(admitted(...readers)).toEqual(names);
  });

  test('a program is judged by its scopes and a person by his roles, never the other way round', () => {
    const scopedPerson = { ...desk, scopes: ['incidents:read'] };
    const deskProgram = { ...program, roles: ['PROGRAM', 'SERVICEDESK'] };
    expect(admits(parseReaders(['linde#incidents:read']), scopedPerson)).toBe(false);
    expect(admits(parseReaders(['linde#SERVICEDESK']), deskProgram)).toBe(false);
    expect(admits(parseReaders(['linde#SERVICEDESK']), { ...desk, program: 'meldingen' })).toBe(false);
    expect(admits(parseReaders(['linde#PROGRAM']), program)).toBe(false);
  });

  test('a class, which names no person, is no person that a reader names', () => {
    const { subject: _, ...deskClass } = desk;
    expect(admits(parseReaders(['linde/anna', 'linde/undefined']), deskClass)).toBe(false);
  });

  test.each([
    '',
    '#SERVICEDESK',
    'linde#',
    'linde#|',
    'linde/',
    '*/anna',
    '/anna',
    'Linde',
    'registry',
    'linde#ANNA/x',
  ])('%j names nobody here', (reader) => {
    expect(admitted(reader)).toEqual([]);
  });

  test('a subject may hold any character', () => {
    for (const subject of ['a#b', 'a/b', 'a|b', 'a b', 'linde:x']) {
      const parsed = parseReaders([person('linde', subject)]);
      expect(admits(parsed, { ...desk, subject })).toBe(true);
      expect(admits(parsed, { ...desk, subject: 'a' })).toBe(false);
    }
  });

  test('says whether a person is named, and of which participants somebody may read', () => {
    expect(namesPerson(parseReaders(['linde', holdersOf('*', ['MONITOR'])]))).toBe(false);
    expect(namesPerson(parseReaders(['linde', person('linde', 'anna')]))).toBe(true);
    expect(participantsOf(parseReaders(['linde', 'denkbeeld#MONITOR', 'fictiviteit/anna']))).toEqual(
      new Set(['linde', 'denkbeeld', 'fictiviteit']),
    );
    expect(participantsOf(parseReaders(['linde', '*#MONITOR']))).toBe('ALL');
    expect(participantsOf(parseReaders(['*']))).toBe('ALL');
    expect(participantsOf(parseReaders([]))).toEqual(new Set());
  });
});
