/**
 * Decides which participants must answer a root field.
 *
 * Pure: it reads arguments, caller and directory, and returns data. Sending is scatter.ts, combining gather-*.ts.
 */
import { idTags, parseId, REGISTRY } from '@kortelijn/schema/vocabulary/ids.ts';
import { pageSizeMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { referencePrefix } from '@kortelijn/schema/vocabulary/reference.ts';
import type { Caller } from '../transport/caller.ts';
import type { RootField } from './contract.ts';
import type { PartyCoverage } from './coverage.ts';
import type { DirectorySnapshot, Listed } from './directory-snapshot.ts';
import { readPath } from './json.ts';

export type Route =
  /** The field belongs to one participant. */
  | { readonly kind: 'one'; readonly participant: string }
  /** Those who must answer, and those who are named without being asked. */
  | { readonly kind: 'some'; readonly participants: readonly string[]; readonly unasked: readonly PartyCoverage[] }
  /** Nothing is sent. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly participant?: string | undefined;
      readonly message?: string | undefined;
    };

type Arguments = Readonly<Record<string, unknown>>;

export function route(field: RootField, given: Arguments, caller: Caller, directory: DirectorySnapshot): Route {
  const { first } = given;
  if (first !== undefined && (typeof first !== 'number' || !(first >= 1 && first <= pageSizeMax))) {
    return refused(
      'FIRST_OUT_OF_RANGE',
      `Expected \`first\` between 1 and ${pageSizeMax}, found ${JSON.stringify(first)}.`,
    );
  }
  if (field.kind === 'scattered') return scatter(given.participants, caller, directory);
  const own = caller.kind === 'hub' ? undefined : caller.participant;
  switch (field.by) {
    case 'CALLER':
      return own === undefined ? refused('FORBIDDEN') : to(directory.homeOf(own), own, own);
    case 'PARTICIPANT': {
      const id = readPath(given, field.path);
      const listed = typeof id === 'string' ? directory.homeOf(id) : undefined;
      return listed === undefined ? unknownParticipant(id) : to(listed, listed.id, own);
    }
    case 'REFERENCE': {
      const reference = readPath(given, field.path);
      const prefix = typeof reference === 'string' ? referencePrefix(reference) : undefined;
      if (prefix === undefined) return refused('UNKNOWN_REFERENCE');
      return to(directory.homeOf(prefix), prefix, own);
    }
    case 'ID': {
      const id = readPath(given, field.path);
      const parsed = typeof id === 'string' ? parseId(id) : undefined;
      if (parsed === undefined || idTags[parsed.tag].home !== 'participant') return refused('UNKNOWN_ID');
      return to(directory.homeOf(parsed.participant), parsed.participant, own);
    }
  }
}

/** Whether a party may be asked by this caller: the people of one that is not active still read their own. */
export function refusalOf(listed: Listed, ownParticipant: string | undefined): 'SUSPENDED' | 'NOT_ACTIVE' | undefined {
  if (listed.accessionState === 'ACTIVE' || listed.id === ownParticipant) return undefined;
  return listed.accessionState === 'SUSPENDED' ? 'SUSPENDED' : 'NOT_ACTIVE';
}

function to(listed: Listed | undefined, prefix: string, own: string | undefined): Route {
  // A prefix that nobody has is an object that is not there.
  if (listed === undefined) return refused('NOT_FOUND');
  const refusal = refusalOf(listed, own);
  return refusal === undefined ? { kind: 'one', participant: listed.id } : { ...refused(refusal), participant: prefix };
}

function scatter(named: unknown, caller: Caller, directory: DirectorySnapshot): Route {
  const own = caller.kind === 'hub' ? undefined : caller.participant;
  const participants = new Set<string>();
  const unasked: PartyCoverage[] = [];
  if (Array.isArray(named)) {
    for (const id of named) {
      const listed = typeof id === 'string' ? directory.homeOf(id) : undefined;
      if (listed === undefined) return unknownParticipant(id);
      const refusal = refusalOf(listed, own);
      if (refusal === undefined) participants.add(listed.id);
      else if (!unasked.some(({ participant }) => participant === listed.id))
        unasked.push(unaskedParty(listed.id, refusal));
    }
  } else {
    for (const listed of directory.participants) {
      if (listed.mergedInto !== undefined) continue;
      const refusal = refusalOf(listed, own);
      if (refusal === undefined) participants.add(listed.id);
      else if (refusal === 'SUSPENDED') unasked.push(unaskedParty(listed.id, refusal));
    }
  }
  return { kind: 'some', participants: [...participants], unasked };
}

const unaskedParty = (participant: string, refusal: 'SUSPENDED' | 'NOT_ACTIVE'): PartyCoverage => ({
  participant,
  isAsked: false,
  outcome: refusal === 'SUSPENDED' ? 'SUSPENDED' : 'SKIPPED',
  code: refusal,
});

const refused = (code: string, message?: string) => ({ kind: 'refused', code, message }) as const;

function unknownParticipant(id: unknown): Route {
  const found = typeof id === 'string' && id !== REGISTRY ? `"${id.slice(0, 40)}"` : 'none of them';
  return refused(
    'UNKNOWN_PARTICIPANT',
    `Expected the id of a participant in the directory, found ${found}. Read \`participants\`.`,
  );
}
