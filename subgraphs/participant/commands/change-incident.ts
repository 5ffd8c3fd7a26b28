/**
 * Carries a command out on one incident in two statements: look, decide, write. The write finds out when somebody
 * else was faster, and then it is decided anew; who loses too often takes the row's lock first. Only a decision that
 * tells other participants needs a transaction of several statements.
 */
import { faultPoint } from '@kortelijn/kit/envelopes/fault-point.ts';
import { inOneStatement, inTransaction, type PoolClient, type Queryable } from '@kortelijn/kit/postgres/connect.ts';
import type { Decision } from '../domain/decision.ts';
import { commandIdReused, isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Desk, Run } from './desk.ts';
import { learnInvolved, lockEarlier } from './own-chain.ts';
import { type Looked, type LookFor, look } from './read-situation.ts';
import type { Done, Result } from './results.ts';
import { type Beside, isRepeatedCommand, type Note, writeDecision } from './write-decision.ts';

export interface Plan {
  readonly decision: Decision;
  readonly note?: Note;
  /** What the command answers; `sent` is the id of the envelope that the incident names. */
  readonly answer: (decision: Decision, sent: string | null) => Done;
}

export type Planner = (looked: Looked) => Plan | Refusal;

const UNLOCKED_TRIES_MAX = 3;

export async function changeIncident(run: Run, lookFor: LookFor, planner: Planner): Promise<Result> {
  const { pool } = run.desk;
  for (let tries = 0; tries < UNLOCKED_TRIES_MAX; tries++) {
    const result = await attempt(run, pool, lookFor, planner, (plan) => writeAlone(run, plan));
    if (result) return result;
  }
  const result = await inTransaction(pool, async (client) => {
    await client.query('SELECT FROM incident WHERE id = $1 FOR UPDATE', [lookFor.incidentId ?? null]);
    return attempt(run, client, lookFor, planner, (plan) => writeAll(run, client, plan));
  });
  if (!result) throw new Error(`Incident ${lookFor.incidentId} changed although its row was locked.`);
  run.desk.committed({ envelopes: true });
  return result;
}

async function attempt(
  { command }: Run,
  db: Queryable,
  lookFor: LookFor,
  planner: Planner,
  write: (plan: Plan) => Promise<Done | undefined>,
): Promise<Result | undefined> {
  const { participant, commandId } = command;
  const looked = await look(db, { ...lookFor, participant, commandId });
  if (looked.done) {
    const { actor, operation, requestHash, answer } = looked.done;
    const same = actor === command.actor && operation === command.operation && requestHash === command.requestHash;
    return same ? (answer as Done) : commandIdReused(commandId);
  }
  const plan = planner(looked);
  if (isRefusal(plan)) return plan;
  try {
    return await write(plan);
  } catch (error) {
    // The same command, sent twice, met itself: the next look finds the first one's answer.
    if (isRepeatedCommand(error) || error instanceof ChangedMeanwhile) return undefined;
    throw error;
  }
}

async function writeAlone(run: Run, plan: Plan): Promise<Done | undefined> {
  const { desk } = run;
  const tells = plan.decision.envelopes.length > 0;
  const done = tells
    ? await inTransaction(desk.pool, async (client) => writeAll(run, client, plan))
    : await inOneStatement(desk.pool, (client) => writeOne(run, client, plan, null));
  if (!done) return undefined;
  if (tells) faultPoint('cause:after-commit');
  desk.committed({ envelopes: tells });
  return done;
}

async function writeAll(run: Run, client: PoolClient, plan: Plan): Promise<Done> {
  const { decision, sent } = await sendNamed(run.desk, client, plan.decision);
  const earlier = decision.chainLearns ? await lockEarlier(client, decision) : [];
  const done = await writeOne(run, client, { ...plan, decision }, sent);
  if (!done) throw new ChangedMeanwhile('the incident changed since it was read');
  for (const incidentId of earlier) await learnInvolved(run.desk, client, incidentId, decision.incident.involved);
  await sendOthers(run.desk, client, decision);
  return done;
}

async function writeOne({ command }: Run, db: Queryable, plan: Plan, sent: string | null): Promise<Done | undefined> {
  const answer = plan.answer(plan.decision, sent);
  const written = await writeDecision(db, plan.decision, {
    log: { ...command, answer },
    ...(plan.note && { note: plan.note }),
  } satisfies Beside);
  return written && answer;
}

class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/**
 * The envelope that the incident's row names goes first, because the row needs its id. Its subject is an id made for
 * it, so its number is nobody else's and this order cannot deadlock with one that locks the row first.
 */
export async function sendNamed(
  { outgoing }: Desk,
  client: PoolClient,
  decision: Decision,
): Promise<{ readonly decision: Decision; readonly sent: string | null }> {
  const named = decision.envelopes.find(({ namedBy }) => namedBy !== undefined);
  if (!named?.namedBy) return { decision, sent: null };
  const { id } = await outgoing.send(client, named);
  return { decision: { ...decision, incident: { ...decision.incident, [named.namedBy]: id } }, sent: id };
}

export async function sendOthers({ outgoing }: Desk, client: PoolClient, decision: Decision): Promise<void> {
  for (const envelope of decision.envelopes) {
    if (envelope.namedBy === undefined) await outgoing.send(client, envelope);
  }
}
