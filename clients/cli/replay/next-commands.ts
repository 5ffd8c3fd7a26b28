/**
 * Which commands one event of the log asks of the hub, given where its incident stands. Pure.
 *
 * The log knows states to which our lifecycle has no way back: "Awaiting Assignment" and "Assigned" after work began
 * at the same participant. There the incident stays in (or returns to) IN_PROGRESS and the event is named in `unlike`.
 */
import { type Player, playerOf, pseudonym, teamName } from './organisations.ts';
import type { LogEvent } from './read-log.ts';

export type State = 'REPORTED' | 'ACKNOWLEDGED' | 'IN_PROGRESS' | 'WAITING' | 'RESOLVED' | 'CLOSED' | 'CANCELLED';
export type WaitReason = 'USER' | 'VENDOR' | 'IMPLEMENTATION' | 'OTHER';

export interface Situation {
  readonly holder: Player;
  readonly reporter: Player;
  readonly state: State;
  readonly waitReason: WaitReason | null;
  readonly team: string | null;
}

export interface Command {
  readonly mutation: string;
  readonly as: Player;
  readonly input: Readonly<Record<string, unknown>>;
  /** What holds when it is done. */
  readonly after: Situation;
}

export interface Planned {
  readonly commands: readonly Command[];
  /** A state of the log that ours has no way to, as a kind that can be counted. */
  readonly unlike: string | undefined;
}

interface Target {
  readonly state: State;
  readonly waitReason?: WaitReason;
  readonly resolution?: 'FIRST_CALL' | 'NORMAL';
}

/** `undefined`: a note only. */
export function targetOf({ status, transition }: Pick<LogEvent, 'status' | 'transition'>): Target | undefined {
  switch (`${status} · ${transition}`) {
    case 'Queued · Awaiting Assignment':
      return { state: 'REPORTED' };
    case 'Accepted · Assigned':
      return { state: 'ACKNOWLEDGED' };
    case 'Accepted · In Progress':
      return { state: 'IN_PROGRESS' };
    case 'Accepted · Wait - User':
    case 'Accepted · Wait - Customer':
      return { state: 'WAITING', waitReason: 'USER' };
    case 'Accepted · Wait - Vendor':
      return { state: 'WAITING', waitReason: 'VENDOR' };
    case 'Accepted · Wait - Implementation':
      return { state: 'WAITING', waitReason: 'IMPLEMENTATION' };
    case 'Accepted · Wait':
      return { state: 'WAITING', waitReason: 'OTHER' };
    case 'Completed · In Call':
      return { state: 'RESOLVED', resolution: 'FIRST_CALL' };
    case 'Completed · Resolved':
      return { state: 'RESOLVED', resolution: 'NORMAL' };
    case 'Completed · Closed':
      return { state: 'CLOSED' };
    case 'Completed · Cancelled':
      return { state: 'CANCELLED' };
    default:
      return undefined;
  }
}

export function nextCommands(traceId: string, event: LogEvent, salt: string, before: Situation | undefined): Planned {
  const walk = startWalk(traceId, event, before);
  const player = playerOf(event.organisationLine);
  const team = teamName(event);
  const words = `${event.status} · ${event.transition}`;

  const target = targetOf(event);
  if (walk.now().holder !== player) {
    const { state } = walk.now();
    if (state === 'REPORTED' || state === 'ACKNOWLEDGED') walk.reject(player, words);
    else {
      // What is completed here and there alike was not taken up again: the hub is asked, and refuses, as it is.
      if (!(isCompleted(state) && target !== undefined && isCompleted(target.state))) walk.toWork(words);
      walk.handOver(player, team, words);
    }
  }
  const leavesCompletion = target !== undefined && isCompleted(walk.now().state) && !isCompleted(target.state);
  if (leavesCompletion) walk.toWork(words);
  if (walk.now().team !== team && walk.now().state !== 'CLOSED') walk.assign(team);
  const unlike = target === undefined ? undefined : walk.towards(target, words);
  // An event that moved nothing is a note, so that no event of the log is without a trace. A new team alone does not
  // tell whether it lies in that team's queue or was taken up.
  const moved = walk.commands.some(({ mutation }) => event.status === 'Queued' || mutation !== 'assignIncident');
  if (!moved) walk.note(`${words} · ${pseudonym(event.person, salt)}`);
  return { commands: walk.commands, unlike };
}

const isCompleted = (state: State) => state === 'RESOLVED' || state === 'CLOSED' || state === 'CANCELLED';

/** Collects the commands of a path through the lifecycle while keeping track of where it leads. */
function startWalk(traceId: string, event: LogEvent, before: Situation | undefined) {
  const commands: Command[] = [];
  let situation: Situation;
  const step = (
    mutation: string,
    input: Record<string, unknown>,
    change: Partial<Situation>,
    as = situation?.holder,
  ) => {
    situation = { ...situation, ...change };
    commands.push({ mutation, as, input, after: situation });
  };
  const now = () => situation;

  if (before !== undefined) situation = before;
  else {
    const player = playerOf(event.organisationLine);
    situation = { holder: player, reporter: player, state: 'REPORTED', waitReason: null, team: teamName(event) };
    step(
      'reportIncident',
      { service: event.product, title: `Melding ${traceId}`, impact: event.impact, team: situation.team },
      {},
    );
  }

  const moves = {
    acknowledge: () => step('acknowledgeIncident', {}, { state: 'ACKNOWLEDGED' }),
    start: () => step('startIncident', {}, { state: 'IN_PROGRESS' }),
    resume: () => step('resumeIncident', {}, { state: 'IN_PROGRESS', waitReason: null }),
    reopen: (reason: string) => step('reopenIncident', { reason }, { state: 'IN_PROGRESS' }, situation.reporter),
    wait: (reason: WaitReason) => step('waitIncident', { reason }, { state: 'WAITING', waitReason: reason }),
    resolve: (solution: string, resolution: string) =>
      step('resolveIncident', { solution, resolution }, { state: 'RESOLVED', waitReason: null }),
    confirm: () => step('confirmIncident', {}, { state: 'CLOSED' }, situation.reporter),
  };

  /** To IN_PROGRESS from wherever it stands. */
  const toWork = (words: string) => {
    if (situation.state === 'REPORTED') moves.acknowledge();
    if (situation.state === 'ACKNOWLEDGED') moves.start();
    else if (situation.state === 'WAITING') moves.resume();
    else if (isCompleted(situation.state)) moves.reopen(words);
  };

  const towards = (target: Target, words: string): string | undefined => {
    const from = situation.state;
    switch (target.state) {
      case 'REPORTED':
      case 'ACKNOWLEDGED':
        if (from === target.state) return undefined;
        if (target.state === 'ACKNOWLEDGED' && from === 'REPORTED') moves.acknowledge();
        else {
          toWork(words);
          return `${target.state} again after work began at the same participant`;
        }
        return undefined;
      case 'IN_PROGRESS':
        toWork(words);
        return undefined;
      case 'WAITING':
        if (from === 'WAITING' && situation.waitReason === target.waitReason) return undefined;
        if (from === 'WAITING' || isCompleted(from)) toWork(words);
        moves.wait(target.waitReason ?? 'OTHER');
        return undefined;
      case 'RESOLVED':
        if (from === 'RESOLVED') return undefined;
        if (from === 'CLOSED') return 'RESOLVED again after CLOSED';
        toWork(words);
        moves.resolve(words, target.resolution ?? 'NORMAL');
        return undefined;
      case 'CLOSED':
        if (from === 'CLOSED') return undefined;
        if (from !== 'RESOLVED') {
          toWork(words);
          moves.resolve(words, 'NORMAL');
        }
        moves.confirm();
        return undefined;
      case 'CANCELLED':
        step('cancelIncident', { reason: words }, { state: 'CANCELLED' });
        return undefined;
    }
  };

  return {
    commands,
    now,
    toWork,
    towards,
    assign: (team: string) => step('assignIncident', { team }, { team }),
    note: (text: string) => step('addNote', { text }, {}),
    handOver: (to: Player, team: string, reason: string) =>
      step(
        'handOverIncident',
        { to, reason, teamName: team },
        { holder: to, state: 'REPORTED', waitReason: null, team },
      ),
    reject: (to: Player, reason: string) =>
      step(
        'rejectIncidentOwnership',
        { suggestedOwner: to, reason },
        { holder: to, state: 'REPORTED', waitReason: null, team: null },
      ),
  };
}
