/** Situations for tests of decisions: an incident of linde as it stands after a report, in any state asked for. */

import type { Act } from './act.ts';
import type { Actor } from './actor.ts';
import { systemOf } from './actor.ts';
import { decideOpening } from './decide.ts';
import type { Decision, Situation } from './decision.ts';
import type { Incident, IncidentState } from './incident.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import type { Transfer } from './transfer.ts';

export const T0 = new Date('2026-05-20T08:00:00.000Z');
export const minutes = (n: number) => new Date(T0.getTime() + n * 60_000);

export const PARTIES: Readonly<Record<string, string>> = {
  linde: 'ACTIVE',
  denkbeeld: 'ACTIVE',
  fictiviteit: 'ACTIVE',
  niemandsland: 'SUSPENDED',
};

export function actor(participant: string, ...roles: string[]): Actor {
  return { kind: 'subject', participant, roles, scopes: [], subject: `${participant}:iemand` };
}
export function program(participant: string, ...scopes: string[]): Actor {
  return { kind: 'subject', participant, roles: ['PROGRAM'], scopes, program: 'programma' };
}
export const desk = actor('linde', 'SERVICEDESK');

export function act(by: Actor, at: Date, more: Partial<Act> = {}): Act {
  let ids = 0;
  return {
    actor: by,
    at,
    now: at,
    batch: null,
    party: (id) => PARTIES[id],
    newId: (participant, tag) => `${participant}:${tag}_01900000-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
    ...more,
  };
}

export const transfer: Transfer = {
  id: 'linde:inc_01900000-0000-7000-8000-00000000000a',
  chainId: 'linde:inc_01900000-0000-7000-8000-00000000000a',
  reporter: 'fictiviteit',
  title: 'Verzamelen faalt',
  description: null,
  service: 'verzamelen',
  impact: 'MEDIUM',
  urgency: 'MEDIUM',
  priority: 'P3',
  teamName: null,
  involved: ['fictiviteit', 'linde'],
  holders: [],
  affected: [],
  firstReportedAt: T0,
  sentAt: T0,
  previousId: null,
  reason: null,
  importBatch: null,
};

/** Reported at linde by fictiviteit. */
export function reported(more: Partial<Incident> = {}, given: Partial<Transfer> = {}): Situation {
  const decision = decided(
    decideOpening('takeIn', 'linde', act(systemOf('linde'), T0), { ...transfer, ...given }, null),
  );
  return after({ ...decision, incident: { ...decision.incident, ...more } });
}

/** What a later decision finds when this one was written. */
export function after(decision: Decision, before?: Situation): Situation {
  const clocks = new Map((before?.clocks ?? []).map((clock) => [clock.id, clock]));
  for (const clock of decision.clocks) clocks.set(clock.id, clock);
  const parts = new Map((before?.participations ?? []).map((one) => [`${one.participant} ${one.part}`, one]));
  for (const one of decision.participations) parts.set(`${one.participant} ${one.part}`, one);
  return {
    incident: decision.incident,
    clocks: [...clocks.values()],
    participations: [...parts.values()],
    lastAt: decision.entries.at(-1)?.at ?? before?.lastAt ?? T0,
  };
}

export function decided(verdict: Decision | Refusal): Decision {
  if (isRefusal(verdict)) throw new Error(`Expected a decision, found ${JSON.stringify(verdict)}.`);
  return verdict;
}

const AT_STATE: Readonly<Record<IncidentState, Partial<Incident>>> = {
  REPORTED: {},
  ACKNOWLEDGED: { acknowledgedAt: T0 },
  IN_PROGRESS: { acknowledgedAt: T0 },
  WAITING: { acknowledgedAt: T0, waitReason: 'OTHER' },
  HANDED_OVER: { handedOverTo: 'denkbeeld', nextId: 'denkbeeld:inc_01900000-0000-7000-8000-00000000000b' },
  RESOLVED: { acknowledgedAt: T0, resolvedAt: T0, resolution: 'NORMAL', solution: 'Herstart' },
  CLOSED: { acknowledgedAt: T0, resolvedAt: T0, closedAt: T0, resolution: 'NORMAL', solution: 'Herstart' },
  CANCELLED: {},
};

export function inState(state: IncidentState, more: Partial<Incident> = {}): Situation {
  return reported({ ...AT_STATE[state], state, ...more });
}
