import type { ErrorCode } from '../../errors/codes.ts';
import type { Calendar } from '../calendar.ts';
import { sha256 } from '../canonical.ts';
import type { Act, Entry, SignedAct } from './act.ts';
import { applyAct } from './apply.ts';
import { decideAct } from './decide.ts';
import { settle } from './settle.ts';
import type { Escalation, Fault } from './state.ts';

export interface FoldContext {
  readonly calendar: Calendar;
  readonly foundation: string;
}

export type Folded =
  | { readonly ok: true; readonly escalation: Escalation }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** An act that lies longer than this before it is placed is shown. */
export const placingTermMs = 15 * 60 * 1000;

/** What the first entry has in the place of the hash of the one before. */
export function genesisOf(escalationId: string): string {
  return sha256(`kortelijn escalation v1\n${escalationId}`);
}

/**
 * Adds one entry to what the entries before it make. An entry that does not follow on them is refused. One that does
 * and carries an act that was not allowed keeps its place, changes nothing, and is named among the faults.
 */
export function foldEntry(before: Escalation | undefined, entry: Entry, context: FoldContext): Folded {
  const unlinked = linkFault(before, entry);
  if (unlinked) return refused(unlinked, entry);
  const { act } = entry.signed;
  const rules = { ...context, nowMs: entry.placedAtMs };
  const decision = decideAct(before, entry.signed, rules, entry.also);
  const start = before ?? (decision.ok ? begin(act, entry, context) : undefined);
  if (!start) return refused(decision.ok ? 'ENTRY_MALFORMED' : decision.code, entry);
  if (!decision.ok) {
    // The next epoch is the move's: a move that nobody had the right to make begins none.
    if (act.type === 'moveHome') return refused('ENTRY_NOT_BY_HOME', entry);
    const fault: Fault = { index: entry.index, code: decision.code, message: decision.message };
    return { ok: true, escalation: { ...placed(start, entry), faults: [...start.faults, fault] } };
  }
  const counted = counting(placed(start, entry), entry);
  const applied = applyAct(counted, entry, decision.to, context.calendar);
  return { ok: true, escalation: settle(applied, entry.placedAtMs, entry.index) };
}

/** Whether an entry follows on the ones before it, and is signed by who may sign it there. */
function linkFault(before: Escalation | undefined, entry: Entry): ErrorCode | undefined {
  const { act } = entry.signed;
  if (entry.escalation !== act.escalation || (before && entry.escalation !== before.id)) return 'ENTRY_NOT_LINKED';
  const isMove = act.type === 'moveHome' && entry.epoch === (before?.epoch ?? 0) + 1;
  const previousHash = before ? before.places.at(-1)?.hash : genesisOf(entry.escalation);
  const epoch = before?.epoch ?? 0;
  if (entry.index !== (before?.places.length ?? 0) || entry.previousHash !== previousHash) return 'ENTRY_NOT_LINKED';
  if (isMove ? entry.epoch !== act.move?.epoch : entry.epoch !== epoch) return 'ENTRY_NOT_LINKED';
  const home = isMove ? act.move?.home : (before?.home ?? act.party);
  if (entry.home !== home) return 'ENTRY_NOT_BY_HOME';
  return before && entry.placedAtMs < before.lastPlacedAtMs ? 'ENTRY_TIME_WRONG' : undefined;
}

function refused(code: ErrorCode, { index, epoch }: Entry): Folded {
  return { ok: false, code, message: `Entry ${index} of epoch ${epoch} does not follow: ${code}.` };
}

function begin(act: Act, { placedAtMs }: Entry, { calendar, foundation }: FoldContext): Escalation {
  const { involved = [], incidents = [], terms } = act;
  const named = act.calendar;
  if (named?.id !== calendar.id || named.version !== calendar.version) {
    throw new TypeError(
      `The escalation names calendar ${named?.id}@${named?.version}; given was ${calendar.id}@${calendar.version}.`,
    );
  }
  return {
    id: act.escalation,
    foundation,
    initiator: act.party,
    level: 1,
    state: 'OPEN',
    incidents,
    calendar: named,
    terms: terms as NonNullable<Act['terms']>,
    raisedAtMs: placedAtMs,
    involved: [...involved].sort(),
    members: {},
    left: {},
    memberships: [],
    proposals: [],
    noSolution: [],
    withdrawing: [],
    disclosure: {},
    home: act.party,
    epoch: 0,
    places: [],
    lastPlacedAtMs: placedAtMs,
    lastActs: {},
    acts: {},
    faults: [],
    late: [],
  };
}

function placed(escalation: Escalation, { epoch, index, hash, placedAtMs, signed }: Entry): Escalation {
  return {
    ...escalation,
    places: [...escalation.places, { epoch, index, hash }],
    lastPlacedAtMs: placedAtMs,
    late: placedAtMs - signed.act.atMs > placingTermMs ? [...escalation.late, index] : escalation.late,
  };
}

/** Acts that count are remembered: the next of the same author names them. */
function counting(escalation: Escalation, { signed, also, epoch, index, home }: Entry): Escalation {
  const all: readonly SignedAct[] = [signed, ...also];
  return {
    ...escalation,
    epoch,
    home: signed.act.type === 'moveHome' ? home : escalation.home,
    lastActs: { ...escalation.lastActs, ...Object.fromEntries(all.map(({ act, hash }) => [act.party, hash])) },
    acts: {
      ...escalation.acts,
      ...Object.fromEntries(
        all.map(({ act, hash }) => [act.id, { party: act.party, type: act.type, hash, index, texts: act.texts }]),
      ),
    },
  };
}
