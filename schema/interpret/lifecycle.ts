import type { ErrorCode } from '../errors/codes.ts';

/**
 * The one interpreter of lifecycles. `decide` says whether an event may happen and where it leads; `availableActions`
 * tells a caller the same beforehand, from the same table. Both are pure: who the caller is to the object, what time it
 * is and what is known of the object are handed in, and storing is the caller's.
 */
export interface Lifecycle {
  /** The GraphQL type whose states these are. */
  readonly subject: string;
  /** The SDL enum that lists the states. */
  readonly stateEnum: string;
  readonly states: readonly string[];
  readonly relations: Readonly<Record<string, Relation>>;
  readonly guards: Readonly<Record<string, Guard>>;
  readonly events: Readonly<Record<string, LifecycleEvent>>;
}

/** What a caller can be to the object. A caller may hold several relations at once; each is handed in. */
export interface Relation {
  readonly meaning: string;
  /** What a caller hears that does not hold it. */
  readonly code: ErrorCode;
  /** Who holds this relation and not the one above belongs to the right party and lacks the role. */
  readonly party?: string;
}

export type Guard = { readonly code: ErrorCode } & (
  | { readonly holds: 'absent'; readonly fact: string }
  /** Holds from the moment of the fact on. */
  | { readonly holds: 'reached'; readonly fact: string }
  /** Holds until so many times 24 hours after the fact, that moment included. */
  | { readonly holds: 'within'; readonly fact: string; readonly days: number }
);

export interface LifecycleEvent {
  /** NEW when the event makes the object. */
  readonly from: 'NEW' | readonly string[];
  /** SAME when the state stays. */
  readonly to: string;
  readonly who: readonly (string | { readonly as: string; readonly provided: string })[];
  /** Guards for everyone who may. */
  readonly provided?: readonly string[];
  /** The mutation by which a person does it; absent when it follows from a clock or a message. */
  readonly action?: string;
  /** What the command must carry. */
  readonly requires?: readonly string[];
  readonly effects?: readonly string[];
  /** What is awaited afterwards. */
  readonly awaits?: readonly string[];
  readonly clocks?: readonly ClockEffect[];
}

export interface ClockEffect {
  readonly clock: string;
  /** `start` opens a new cycle when an earlier one has ended; `stop` and `cancel` leave a clock that has ended alone. */
  readonly does: 'start' | 'stop' | 'pause' | 'resume' | 'cancel';
  /** Only when the command gave this reason. */
  readonly reason?: string;
  /** Whose clock it is; without it the owner's. */
  readonly on?: 'waitingFor';
}

/** Times in milliseconds since 1970; `nowMs` is when the event happens (in an import: when it happened). */
export interface Facts {
  readonly nowMs: number;
  readonly [fact: string]: number | undefined;
}

export interface Situation {
  /** Undefined before the object exists. */
  readonly state: string | undefined;
  readonly relations: readonly string[];
  readonly facts: Facts;
}

export type EventOf<L extends Lifecycle> = keyof L['events'] & string;
export type StateOf<L extends Lifecycle> = L['states'][number];

export type Decision<State extends string = string> =
  | { readonly ok: true; readonly from: State | undefined; readonly to: State; readonly clocks: readonly ClockEffect[] }
  | { readonly ok: false; readonly code: ErrorCode; readonly allowedFrom: readonly State[]; readonly message: string };

export interface AvailableAction {
  readonly action: string;
  readonly available: boolean;
  readonly reason: ErrorCode | null;
  readonly requires: readonly string[];
  readonly effects: readonly string[];
  readonly awaits: readonly string[];
}

/** Relation first, then state, then guards: who may not act learns nothing of the state by trying. */
export function decide<L extends Lifecycle>(
  lifecycle: L,
  event: EventOf<L>,
  situation: Situation,
): Decision<StateOf<L>> {
  const definition = lifecycle.events[event];
  if (!definition) throw new TypeError(`${lifecycle.subject} has no event "${event}".`);
  const allowedFrom: readonly string[] = definition.from === 'NEW' ? [] : definition.from;
  const refuse = (code: ErrorCode, message: string): Decision<StateOf<L>> => ({
    ok: false,
    code,
    allowedFrom,
    message,
  });

  const grounds = definition.who
    .map((who) => (typeof who === 'string' ? { as: who, provided: undefined } : who))
    .filter(({ as }) => situation.relations.includes(as));
  if (grounds.length === 0) {
    return refuse(missingRelation(lifecycle, definition, situation.relations), `${event} is not for this caller.`);
  }
  const { state } = situation;
  if (state === undefined ? definition.from !== 'NEW' : !allowedFrom.includes(state)) {
    const found = state ?? 'no object yet';
    const expected = allowedFrom.length > 0 ? allowedFrom.join(', ') : 'no object yet';
    return refuse('STATE_DOES_NOT_ALLOW', `${event} happens from ${expected}; found ${found}.`);
  }
  const failing =
    firstFailing(lifecycle, definition.provided ?? [], situation.facts) ??
    // One ground that holds is enough; when none does, the first one says why.
    (grounds.every(({ provided }) => provided && firstFailing(lifecycle, [provided], situation.facts))
      ? lifecycle.guards[grounds[0]?.provided ?? '']?.code
      : undefined);
  if (failing) return refuse(failing, `${event} is refused: ${failing}.`);
  const to = definition.to === 'SAME' ? (state as string) : definition.to;
  return { ok: true, from: state, to, clocks: definition.clocks ?? [] };
}

/** What this caller may do with the object now and, for what it may not, why. */
export function availableActions(lifecycle: Lifecycle, situation: Situation): AvailableAction[] {
  return Object.entries(lifecycle.events).flatMap(([event, definition]) => {
    if (!definition.action || definition.from === 'NEW') return [];
    const decision = decide(lifecycle, event, situation);
    return {
      action: definition.action,
      available: decision.ok,
      reason: decision.ok ? null : decision.code,
      requires: definition.requires ?? [],
      effects: definition.effects ?? [],
      awaits: definition.awaits ?? [],
    };
  });
}

/** Clock effects that the reason of a command leaves. */
export function clockEffects(effects: readonly ClockEffect[], reason?: string | null): readonly ClockEffect[] {
  return effects.filter((effect) => effect.reason === undefined || effect.reason === reason);
}

function missingRelation(lifecycle: Lifecycle, { who }: LifecycleEvent, held: readonly string[]): ErrorCode {
  const wanted = who.flatMap((entry) => lifecycle.relations[typeof entry === 'string' ? entry : entry.as] ?? []);
  const near = wanted.some(({ party }) => party !== undefined && held.includes(party));
  if (near) return held.includes('program') ? 'SCOPE_MISSING' : 'ROLE_DOES_NOT_ALLOW';
  return wanted[0]?.code ?? 'ROLE_DOES_NOT_ALLOW';
}

function firstFailing(lifecycle: Lifecycle, names: readonly string[], facts: Facts): ErrorCode | undefined {
  for (const name of names) {
    const guard = lifecycle.guards[name];
    if (!guard) throw new TypeError(`${lifecycle.subject} has no guard "${name}".`);
    if (!holds(guard, facts)) return guard.code;
  }
  return undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function holds(guard: Guard, facts: Facts): boolean {
  const fact = facts[guard.fact];
  if (guard.holds === 'absent') return fact === undefined;
  // A time that is not known has not been reached and bounds nothing: refused, never guessed.
  if (fact === undefined) return false;
  return guard.holds === 'reached' ? facts.nowMs >= fact : facts.nowMs <= fact + guard.days * DAY_MS;
}
