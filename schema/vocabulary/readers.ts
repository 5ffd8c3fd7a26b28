/**
 * Who may know that an object changed, as an endpoint writes it with each event of its feed. The hub chooses by it to
 * whom a change goes, without knowing a single right. One reader is one text; whom one of them names is a reader:
 *
 * - `*` everybody; `linde` everybody of linde;
 * - `linde#SERVICEDESK|MONITOR|incidents:read` whoever of linde has one of these roles or, as a program, one of these
 *   scopes; `*#…` the same at every participant;
 * - `linde/anna` the one person that linde's provider calls `anna`.
 *
 * What is not of this form names nobody: a reader that is not understood must not let anyone in.
 */
import { isParticipantId } from './ids.ts';

export interface ReaderCaller {
  readonly participant: string;
  /** `PROGRAM` says that a program calls: it is judged by its scopes, a person by his roles. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Says the same as that role: either suffices. */
  readonly program?: string;
  /** As its own issuer calls it, without the participant; absent for a class, which no reader names. */
  readonly subject?: string;
}

export interface ParsedReaders {
  /** Participants of whom everybody reads; `*` is every one. */
  readonly whole: ReadonlySet<string>;
  /** Roles and scopes that read, by participant; `*` is every one. */
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
  /** Single persons, as `participant/subject`. */
  readonly persons: ReadonlySet<string>;
}

export const EVERYBODY = '*';
const PROGRAM = 'PROGRAM';

/** `participant` may be `*`. */
export const holdersOf = (participant: string, rolesAndScopes: readonly string[]): string =>
  `${participant}#${rolesAndScopes.join('|')}`;

export const person = (participant: string, subject: string): string => `${participant}/${subject}`;

export function parseReaders(readers: readonly string[]): ParsedReaders {
  const whole = new Set<string>();
  const holders = new Map<string, Set<string>>();
  const persons = new Set<string>();
  for (const reader of readers) {
    // A subject may hold any character, so only the first mark counts.
    const [, party = '', mark, rest = ''] = READER.exec(reader) ?? [];
    if (party !== EVERYBODY && !isParticipantId(party)) continue;
    if (mark === undefined) whole.add(party);
    else if (mark === '/') {
      if (party !== EVERYBODY && rest !== '') persons.add(reader);
    } else {
      const held = holders.get(party) ?? new Set();
      for (const one of rest.split('|')) if (one !== '') held.add(one);
      if (held.size > 0) holders.set(party, held);
    }
  }
  return { whole, holders, persons };
}
const READER = /^([^#/]+)(?:([#/])(.*))?$/s;

export function admits({ whole, holders, persons }: ParsedReaders, caller: ReaderCaller): boolean {
  const { participant, subject } = caller;
  if (whole.has(EVERYBODY) || whole.has(participant)) return true;
  const isProgram = caller.program !== undefined || caller.roles.includes(PROGRAM);
  const holds = isProgram ? caller.scopes : caller.roles;
  for (const held of [holders.get(participant), holders.get(EVERYBODY)]) {
    if (held && holds.some((one) => held.has(one))) return true;
  }
  return subject !== undefined && persons.has(person(participant, subject));
}

/** Whether somebody reads as a person, so that no class can stand for its members. */
export function namesPerson({ persons }: ParsedReaders): boolean {
  return persons.size > 0;
}

/** Participants of which somebody may be a reader. */
export function participantsOf({ whole, holders, persons }: ParsedReaders): ReadonlySet<string> | 'ALL' {
  if (whole.has(EVERYBODY) || holders.has(EVERYBODY)) return 'ALL';
  const parties = new Set([...whole, ...holders.keys()]);
  for (const reader of persons) parties.add(reader.slice(0, reader.indexOf('/')));
  return parties;
}
