import fc from 'fast-check';
import { escalation as lifecycle } from '../../lifecycles/escalation.ts';
import { decide } from '../lifecycle.ts';
import { accessTo } from './access.ts';
import { type Act, type ActType, actTypes, CHANNEL, type Entry, type SignedAct } from './act.ts';
import { availableActs } from './actions.ts';
import { actBy, contentOf, context, DAY, entryFor, HOUR, raiseAct, sign, start } from './chain.fixture.ts';
import { type ActDecision, decideAct, eventOf } from './decide.ts';
import { factsOf } from './facts.ts';
import { foldEscalation } from './fold.ts';
import { foldEntry, genesisOf } from './fold-entry.ts';
import { type Actor, relationsOf } from './relations.ts';
import type { Escalation } from './state.ts';

/** Random acts of random parties, over the pure fold. What must hold is kept by an onlooker of its own. */
const parties = ['fictiviteit', 'linde', 'niemandsland'] as const;
const joining = 'nergenshuizen';
const actors: readonly Actor[] = [
  // Managers of members come most, or few walks would ever decide anything.
  ...[...parties, ...parties, joining].map((party) => ({ party, role: 'SERVICEMANAGER' }) as const),
  { party: 'fictiviteit', role: 'SERVICEDESK' },
  { party: 'denkbeeld', role: 'SERVICEMANAGER' },
  { party: CHANNEL, role: 'FOUNDATION' },
  { party: CHANNEL, role: 'FOUNDATION' },
  { party: CHANNEL, role: 'MEDIATOR' },
  { party: CHANNEL, role: 'REGISTRY' },
];
/** Ends of the story are drawn less often, so that stories grow long. */
const ends: readonly ActType[] = ['withdraw', 'returnToDesk', 'partyLeft', 'mediationFailed', 'actionOverdue'];

const weights: Partial<Record<ActType, number>> = {
  propose: 2,
  consent: 9,
  completeAction: 6,
  waiveAction: 2,
  confirmResumed: 6,
  moveHome: 1,
  declareImpasse: 4,
  accept: 4,
};

export const step = fc.record({
  actor: fc.nat(actors.length - 1),
  pick: fc.nat(1_000),
  isGuided: fc.nat(9).map((n) => n < 9),
  isForcedWhenIllegal: fc.nat(3).map((n) => n === 0),
  waits: fc.nat(19).map((n) => [HOUR, DAY, 4 * DAY, 9 * DAY, 31 * DAY][n] ?? 0),
  twist: fc.nat(39),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Sometimes the content is wrong, late, of another, or names another history. */
function twisted(before: Escalation, type: ActType, twist: number): Partial<Act> {
  const { version, actions, about, action } = contentOf(type, before);
  if (twist === 0 && version) return { version: version + 1 };
  if (twist === 1 && actions) return { actions: actions.slice(1) };
  if (twist === 2 && about) return { about: parties[1] };
  if (twist === 3) return { texts: {} };
  if (twist === 4 && action) return { action: 'a2' };
  if (twist === 5) return { previousAct: null };
  if (twist === 6) return { seen: before.places[0] ?? null };
  if (twist === 7) return { seen: { epoch: 0, index: 0, hash: genesisOf('another') } };
  return {};
}

function choose(before: Escalation, { actor, pick, isGuided, twist }: Step, nowMs: number): SignedAct {
  const likely = isGuided ? likelyTypes(before, pick <= 30) : [];
  const type = likely[pick % likely.length] ?? (actTypes[1 + (pick % (actTypes.length - 1))] as ActType);
  // Guided: the first from here on who may do it.
  const order = actors.map((_, index) => actors[(actor + index) % actors.length] as Actor);
  const may = (who: Actor) => {
    const event = eventOf(before, type);
    const facts = factsOf(before, event, who, { ...context, nowMs });
    return decide(lifecycle, event, { state: before.state, relations: relationsOf(before, who), facts }).ok;
  };
  const who = (isGuided && order.find(may)) || (order[0] as Actor);
  return actBy(before, type, who.party, {
    role: who.role,
    atMs: nowMs,
    ...ownItems(before, type, who.party),
    ...twisted(before, type, twist),
  });
}

/** Types of act that the state allows, each as often as it weighs. */
function likelyTypes(before: Escalation, withEnds: boolean): readonly ActType[] {
  const key = `${before.level} ${before.state} ${withEnds}`;
  const known = likely.get(key);
  if (known) return known;
  const types = actTypes.flatMap((type) => {
    const from: readonly string[] = lifecycle.events[eventOf(before, type)].from as readonly string[];
    const isLikely = type !== 'raise' && from.includes(before.state) && (withEnds || !ends.includes(type));
    return Array<ActType>(isLikely ? (weights[type] ?? 1) : 0).fill(type);
  });
  likely.set(key, types);
  return types;
}
const likely = new Map<string, readonly ActType[]>();

function ownItems({ acts }: Escalation, type: ActType, party: string): Partial<Act> {
  if (type !== 'disclose' && type !== 'withhold') return {};
  const own = Object.entries(acts).find(([, act]) => act.party === party && Object.keys(act.texts).length > 0);
  return own ? { items: [{ act: own[0], text: Object.keys(own[1].texts)[0] as string }] } : {};
}

/** What somebody sees who reads only the acts that counted, and knows the policy from the page it is written on. */
function createOnlooker() {
  let version = 0;
  let agreed = new Set<string>();
  let oversightUntilMs = Number.NEGATIVE_INFINITY;
  let oversightIsOver = false;
  let wasOverseen = false;
  const levels = [1];
  return {
    see(before: Escalation, after: Escalation, { act }: SignedAct, atMs: number) {
      if (act.type === 'propose') {
        version = act.version as number;
        agreed = new Set(act.party === CHANNEL ? [] : [act.party]);
      }
      if (act.type === 'consent') agreed.add(act.party);
      if (act.type === 'object') agreed.delete(act.party);
      if (act.type === 'accept') oversightUntilMs = atMs + 30 * DAY;
      if (act.type === 'renewOversight') oversightUntilMs = Math.max(oversightUntilMs, atMs + 30 * DAY);

      // Levels: up one by one, and never to the foundation without the managers before.
      if (after.level > before.level + 1) throw new Error(`level ${before.level} to ${after.level}`);
      if (after.level === 3 && !levels.includes(2)) throw new Error('L3 without L2');
      levels.push(after.level);

      // A decision is what all said to one version, and normal is only after one.
      if (after.decision && !before.decision) {
        const missing = after.involved.filter((party) => !agreed.has(party));
        if (missing.length > 0) throw new Error(`sealed without ${missing}`);
        if (after.decision.version !== version)
          throw new Error(`sealed version ${after.decision.version} of ${version}`);
      }
      if (after.state === 'NORMAL' && !after.decision) throw new Error('normal without a decision');
      if (after.state === 'NORMAL' && after.decision?.actions.some(({ state }) => state === 'OPEN')) {
        throw new Error('normal with open actions');
      }
      const stops = ['endOversight', 'mediationFailed'].includes(act.type) || after.endedAtMs !== undefined;
      if (stops && oversightUntilMs > Number.NEGATIVE_INFINITY) oversightIsOver = true;
      if (before.endedAtMs !== undefined) throw new Error(`${act.type} counted after the end`);
      wasOverseen ||= act.type === 'accept';
    },
    /** The foundation reads while oversight runs, and never after. */
    look(now: Escalation, atMs: number) {
      if (atMs >= oversightUntilMs && wasOverseen) oversightIsOver = true;
      const read = (role: 'FOUNDATION' | 'MEDIATOR', isMediator: boolean) =>
        accessTo(now, { party: CHANNEL, role, isRaiser: false, isMediator }, atMs) === 'FULL';
      if (read('FOUNDATION', false)) throw new Error('the foundation reads without being the mediator');
      if (read('MEDIATOR', true) !== (wasOverseen && !oversightIsOver)) {
        throw new Error(
          `the mediator ${oversightIsOver ? 'reads after the end' : 'reads otherwise than under oversight'}`,
        );
      }
    },
  };
}

export const reached = new Map<string, number>();
export const counted = { steps: 0, counted: 0, faults: 0, refusedMoves: 0 };

export function walk(steps: readonly Step[]) {
  const entries: Entry[] = [];
  let nowMs = start;
  const raise = sign(raiseAct(parties));
  const first = entryFor(undefined, raise, nowMs);
  const begun = foldEntry(undefined, first, context);
  if (!begun.ok) throw new Error(begun.message);
  let now = begun.escalation;
  entries.push(first);
  const onlooker = createOnlooker();
  const faults: number[] = [];

  for (const each of steps) {
    nowMs += each.waits;
    onlooker.look(now, nowMs);
    const signed = choose(now, each, nowMs);
    const also =
      signed.act.type === 'moveHome' && signed.act.role === 'SERVICEMANAGER' ? movers(now, signed, nowMs) : [];
    const decision = decideAct(now, signed, { ...context, nowMs }, also);
    counted.steps += 1;
    if (each.twist === 8) agreesWithWhatIsOffered(now, signed, decision, nowMs);
    if (!decision.ok && !each.isForcedWhenIllegal) continue;
    const entry = entryFor(now, signed, nowMs, also);
    const folded = foldEntry(now, entry, context);
    if (!folded.ok) {
      if (decision.ok || signed.act.type !== 'moveHome') throw new Error(folded.message);
      counted.refusedMoves += 1;
      continue;
    }
    const after = folded.escalation;
    if (decision.ok) {
      onlooker.see(now, after, signed, nowMs);
      counted.counted += 1;
    } else {
      // A home that places what is not allowed changes nothing, and is named.
      faults.push(entry.index);
      for (const [name, value] of Object.entries(now)) {
        const isKept = ['places', 'lastPlacedAtMs', 'faults', 'late'].includes(name);
        if (!isKept && after[name as keyof Escalation] !== value) throw new Error(`${signed.act.type} changed ${name}`);
      }
      counted.faults += 1;
    }
    entries.push(entry);
    now = after;
    onlooker.look(now, nowMs);
    reached.set(`${now.level}:${now.state}`, (reached.get(`${now.level}:${now.state}`) ?? 0) + 1);
  }

  if (JSON.stringify(now.faults.map(({ index }) => index)) !== JSON.stringify(faults))
    throw new Error('faults unnamed');
  entries.forEach((entry, index) => {
    if (entry.previousHash !== (entries[index - 1]?.hash ?? genesisOf(now.id))) throw new Error('the chain is broken');
  });
  // One by one or all at once, in whatever order they came: the same.
  const whole = foldEscalation([...entries].reverse(), now.id, { ...context, nowMs });
  if (JSON.stringify(whole.escalation) !== JSON.stringify(now)) throw new Error('the whole is not the sum');
  if (whole.living.length !== entries.length || whole.forks.length > 0) throw new Error('the chain lost entries');
}

/** What is not offered is refused, and for the same reason; what is offered can fail for its content only. */
function agreesWithWhatIsOffered(now: Escalation, { act }: SignedAct, decision: ActDecision, nowMs: number) {
  const offered = availableActs(now, act, { ...context, nowMs }).find(({ type }) => type === act.type);
  if (!offered) return;
  const isSame = offered.available || (!decision.ok && decision.code === offered.reason);
  if (!isSame || (decision.ok && !offered.available)) throw new Error(`${act.type} is offered otherwise than decided`);
}

function movers(now: Escalation, { act }: SignedAct, nowMs: number): SignedAct[] {
  const others = now.involved.filter((party) => party !== now.home && party !== act.party);
  return others.map((party) => actBy(now, 'moveHome', party, { atMs: nowMs, ...(act.move ? { move: act.move } : {}) }));
}
