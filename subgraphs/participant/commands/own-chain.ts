/**
 * A chain that comes back has several records at one participant. When somebody joins it they all learn of it, so that
 * whoever is involved can read every part. Records of a chain are locked in the order of their ids, by everybody.
 */
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { systemOf } from '../domain/actor.ts';
import { type Decision, settle } from '../domain/decision.ts';
import { mergeInvolved } from '../domain/events/take-part.ts';
import { actOf, type Desk } from './desk.ts';
import { look } from './read-situation.ts';
import { writeDecision } from './write-decision.ts';

export async function lockChain(client: PoolClient, chainId: string): Promise<readonly string[]> {
  const { rows } = await client.query({
    name: 'incident-lock-chain',
    text: 'SELECT id FROM incident WHERE chain_id = $1 ORDER BY id FOR UPDATE',
    values: [chainId],
  });
  return rows.map(({ id }) => id as string);
}

/** Everything of the chain but the record that is being decided on. */
export async function lockEarlier(client: PoolClient, { incident }: Decision): Promise<readonly string[]> {
  const ids = await lockChain(client, incident.chainId);
  return ids.filter((id) => id !== incident.id);
}

/**
 * The row is locked already. False when `toldBy` is not involved in it, so that nobody can let himself in. The history
 * says nothing, because nothing happened here.
 */
export async function learnInvolved(
  desk: Desk,
  client: PoolClient,
  incidentId: string,
  involved: readonly string[],
  toldBy: string = desk.me,
): Promise<boolean> {
  const { situation } = await look(client, { incidentId });
  if (!situation) return true;
  const known = situation.incident.involved;
  if (!known.includes(toldBy)) return false;
  if (involved.every((one) => known.includes(one))) return true;
  const act = actOf(desk, systemOf(desk.me));
  const decision = settle('involve', situation, act, mergeInvolved(situation, act, { involved }));
  if (!(await writeDecision(client, decision, {})))
    throw new Error(`Incident ${incidentId} changed although its row was locked.`);
  return true;
}
