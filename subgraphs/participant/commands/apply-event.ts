/**
 * Lets an event happen that nobody commands: what an envelope, a receipt or a timer brings about. In the transaction
 * of that cause, under the row's lock. The caller of this commits, and wakes stamper and sender afterwards.
 */
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import type { Act } from '../domain/act.ts';
import { type Circumstances, decide, type IncidentEvent, type InputOf } from '../domain/decide.ts';
import type { Decision, Situation } from '../domain/decision.ts';
import { isRefusal, notFound, type Refusal } from '../domain/refusal.ts';
import { sendNamed, sendOthers } from './change-incident.ts';
import type { Desk } from './desk.ts';
import { lockAndLook } from './read-situation.ts';
import { writeDecision } from './write-decision.ts';

export async function applyEvent<E extends IncidentEvent>(
  desk: Desk,
  client: PoolClient,
  incidentId: string,
  event: E,
  act: Act,
  input: InputOf<E>,
  circumstances: Circumstances = {},
): Promise<Decision | Refusal> {
  const situation = await lockAndLook(client, incidentId);
  return situation ? applyTo(desk, client, situation, event, act, input, circumstances) : notFound(incidentId);
}

/** For who has looked already, under the row's lock. */
export async function applyTo<E extends IncidentEvent>(
  desk: Desk,
  client: PoolClient,
  situation: Situation,
  event: E,
  act: Act,
  input: InputOf<E>,
  circumstances: Circumstances = {},
): Promise<Decision | Refusal> {
  const decision = decide(event, situation, inItsOwnTime(situation, act), input, circumstances);
  return isRefusal(decision) ? decision : applyDecision(desk, client, decision);
}

/** What a message does to an imported record happens in that record's time: what is imported next may follow it. */
function inItsOwnTime({ incident, lastAt }: Situation, act: Act): Act {
  if (act.actor.kind !== 'system' || act.batch !== null || incident.importedBatch === null) return act;
  return { ...act, at: lastAt, batch: incident.importedBatch };
}

export async function applyDecision(desk: Desk, client: PoolClient, decided: Decision): Promise<Decision> {
  // Who joins a chain is brought in by a command, which locks all its records here before it writes one.
  if (decided.chainLearns) throw new Error(`${decided.change.type} may not bring anybody into a chain.`);
  const { decision } = await sendNamed(desk, client, decided);
  const written = await writeDecision(client, decision, {});
  if (!written) throw new Error(`Incident ${decision.incident.id} changed although its row was locked.`);
  await sendOthers(desk, client, decision);
  return { ...decision, incident: { ...decision.incident, reference: written.reference } };
}
