import { calendars } from '../../vocabulary/calendars.ts';
import { newId, participantId } from '../../vocabulary/ids.ts';
import { canonicalHash } from '../canonical.ts';
import type { Act, ActType, Entry, SignedAct } from './act.ts';
import { CHANNEL } from './act.ts';
import { decideAct } from './decide.ts';
import { foldEntry, genesisOf } from './fold-entry.ts';
import type { Escalation } from './state.ts';
import { usualTerms } from './terms.ts';

/** Chains for tests, with hashes and without signatures: those have tests of their own. */
export const calendar = calendars.office;
export const foundation = 'voorbeeld';
export const context = { calendar, foundation };
/** Wednesday 2026-05-20 10:00 in Amsterdam. */
export const start = Date.parse('2026-05-20T08:00:00Z');
export const DAY = 24 * 60 * 60 * 1000;
export const HOUR = 60 * 60 * 1000;

let made = 0;
export const idOf = (party: string, tag: 'act' | 'esc' | 'inc') =>
  newId(participantId(party === CHANNEL ? foundation : party), tag, start + made++, (bytes) => bytes.fill(made % 251));

const hashes = new Map<string, string>();
export function hashOf(text: string): string {
  const hash = hashes.get(text) ?? canonicalHash(text);
  hashes.set(text, hash);
  return hash;
}
const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, hashOf(name)]));

export const sign = (act: Act): SignedAct => ({ act, hash: canonicalHash(act) });

/** What an act of each type carries when nothing is wrong with it, in a chain of these parties. */
export function contentOf(type: ActType, before: Escalation | undefined): Partial<Act> {
  const version = before?.proposals.at(-1)?.version ?? 0;
  const [first = 'linde', second = 'niemandsland'] = before?.involved ?? [];
  const action = before?.decision?.actions.find(({ state }) => state === 'OPEN')?.id ?? 'none';
  const ownText = Object.entries(before?.acts ?? {}).find(([, { texts: own }]) => Object.keys(own).length > 0);
  const content: Partial<Record<ActType, Partial<Act>>> = {
    returnToDesk: { texts: texts('advice') },
    addParty: { about: 'nergenshuizen' },
    leaveParty: { about: before?.involved.at(-1) ?? 'linde' },
    partyLeft: { about: before?.involved.at(-1) ?? 'linde' },
    propose: {
      version: version + 1,
      texts: texts('liftPlan', 'resumePlan'),
      actions: [
        { id: 'a1', owner: first, dueOn: '2026-12-01', part: 'LIFT' },
        { id: 'a2', owner: second, dueOn: '2026-12-08', part: 'RESUME' },
      ],
    },
    consent: { version: Math.max(version, 1) },
    object: { version: Math.max(version, 1), texts: texts('reason') },
    declareImpasse: { texts: texts('reason') },
    accept: { mediator: { subject: 'voorbeeld:ilse', party: foundation, role: 'FOUNDATION' } },
    reviewOversight: { texts: texts('reason') },
    renewOversight: { texts: texts('reason') },
    endOversight: { texts: texts('report') },
    mediationFailed: { texts: texts('reason') },
    withdraw: { texts: texts('reason') },
    recordOutcome: { route: 'ARBITRATION', texts: texts('reference') },
    completeAction: { action },
    waiveAction: { action },
    actionOverdue: { action },
    disclose: {
      items: [
        {
          act: ownText?.[0] ?? idOf('linde', 'act'),
          text: Object.keys(ownText?.[1].texts ?? { reason: 1 })[0] as string,
        },
      ],
    },
    withhold: {
      items: [
        {
          act: ownText?.[0] ?? idOf('linde', 'act'),
          text: Object.keys(ownText?.[1].texts ?? { reason: 1 })[0] as string,
        },
      ],
      texts: texts('reason'),
    },
    moveHome: {
      move: {
        epoch: (before?.epoch ?? 0) + 1,
        home: before?.involved.find((party) => party !== before.home) ?? 'linde',
        index: before?.places.length ?? 0,
        previousHash: before?.places.at(-1)?.hash ?? hashOf('none'),
      },
    },
  };
  return content[type] ?? {};
}

export function raiseAct(parties: readonly string[], more: Partial<Act> = {}): Act {
  const [initiator = 'linde'] = parties;
  return {
    id: idOf(initiator, 'act'),
    escalation: idOf(initiator, 'esc'),
    type: 'raise',
    party: initiator,
    role: 'SERVICEDESK',
    previousAct: null,
    seen: null,
    texts: texts('reason', 'cooperationFailure'),
    atMs: start,
    to: initiator,
    involved: [...parties].sort(),
    incidents: [],
    calendar: { id: calendar.id, version: calendar.version },
    terms: usualTerms,
    ...more,
  };
}

/** An act of this party, made by someone who has seen the whole chain. */
export function actBy(
  before: Escalation,
  type: ActType,
  party: string,
  { role = 'SERVICEMANAGER', atMs = before.lastPlacedAtMs, ...more }: Partial<Act> = {},
): SignedAct {
  return sign({
    id: idOf(party, 'act'),
    escalation: before.id,
    type,
    party,
    role,
    previousAct: before.lastActs[party] ?? null,
    seen: before.places.at(-1) ?? null,
    texts: {},
    atMs,
    ...contentOf(type, before),
    ...more,
  });
}

export function entryFor(
  before: Escalation | undefined,
  signed: SignedAct,
  placedAtMs: number,
  also: readonly SignedAct[] = [],
): Entry {
  const { act } = signed;
  const isMove = act.type === 'moveHome';
  const body = {
    escalation: act.escalation,
    epoch: (before?.epoch ?? 0) + (isMove ? 1 : 0),
    index: before?.places.length ?? 0,
    previousHash: before?.places.at(-1)?.hash ?? genesisOf(act.escalation),
    home: isMove ? (act.move?.home as string) : (before?.home ?? act.party),
    placedAtMs,
  };
  return {
    ...body,
    signed,
    also,
    hash: canonicalHash({ ...body, act: signed.hash, also: also.map(({ hash }) => hash) }),
  };
}

/** A story as a test tells it: each act is decided, placed and folded, and a refusal stops the test. */
export function createStory(parties: readonly string[], more: Partial<Act> = {}) {
  const entries: Entry[] = [];
  let escalation: Escalation | undefined;
  let nowMs = start;
  const place = (signed: SignedAct, also: readonly SignedAct[] = []) => {
    const decision = decideAct(escalation, signed, { ...context, nowMs }, also);
    if (!decision.ok) throw new Error(`${signed.act.type} by ${signed.act.party}: ${decision.message}`);
    const entry = entryFor(escalation, signed, nowMs, also);
    const folded = foldEntry(escalation, entry, context);
    if (!folded.ok) throw new Error(folded.message);
    entries.push(entry);
    escalation = folded.escalation;
    return entry;
  };
  place(sign(raiseAct(parties, more)));
  const now = () => escalation as Escalation;
  return {
    entries,
    place,
    now,
    nowMs: () => nowMs,
    wait: (ms: number) => {
      nowMs += ms;
    },
    act: (type: ActType, party: string, content: Partial<Act> = {}) =>
      place(actBy(now(), type, party, { atMs: nowMs, ...content })),
    decide: (
      type: ActType,
      party: string,
      content: Partial<Act> = {},
      world?: Parameters<typeof decideAct>[2]['world'],
    ) =>
      decideAct(now(), actBy(now(), type, party, { atMs: nowMs, ...content }), {
        ...context,
        nowMs,
        ...(world ? { world } : {}),
      }),
  };
}

export const channel = { role: 'FOUNDATION' } as const;
export const registry = { role: 'REGISTRY' } as const;
