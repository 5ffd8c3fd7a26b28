/** What the suites over desks say often: run a command as somebody, insist on what it did, look into the tables. */
import { randomUUID } from 'node:crypto';
import type { Party } from './desks.fixture.ts';
import type { CommandInputs, CommandName } from './inputs.ts';
import type { Done, Result } from './results.ts';

export type Input<Name extends CommandName> = Omit<CommandInputs[Name], 'commandId'> & { readonly commandId?: string };

/** As the party's own servicedesk, unless said otherwise. */
export function run<Name extends CommandName>(
  party: Party,
  name: Name,
  input: Input<Name>,
  caller = party.caller('SERVICEDESK'),
): Promise<Result> {
  return party.command(name, { commandId: randomUUID(), ...input } as CommandInputs[Name], caller);
}

export function done<Kind extends Done['kind']>(kind: Kind, result: Result): Extract<Done, { kind: Kind }> {
  if (result.kind !== kind) throw new Error(`Expected ${kind}, found ${JSON.stringify(result)}.`);
  return result as Extract<Done, { kind: Kind }>;
}

export const what = { service: 'verzamelen', title: 'Verzamelen faalt', impact: 'HIGH', urgency: 'MEDIUM' } as const;

export async function report(party: Party, more: Partial<Input<'reportIncident'>> = {}) {
  return done('IncidentSent', await run(party, 'reportIncident', { ...what, ...more })).linkId;
}

export async function started(party: Party) {
  const incidentId = await report(party);
  done('IncidentChanged', await run(party, 'acknowledgeIncident', { incidentId }));
  done('IncidentChanged', await run(party, 'startIncident', { incidentId }));
  return incidentId;
}

export const incident = async (party: Party, id: string) =>
  (await party.pool.query('SELECT * FROM incident WHERE id = $1', [id])).rows[0];
export const timeline = async (party: Party, id: string) =>
  (await party.pool.query('SELECT * FROM timeline WHERE incident_id = $1 ORDER BY n', [id])).rows;
export const count = async (party: Party, table: string) =>
  (await party.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n as number;
export const envelopes = async (party: Party) =>
  (await party.pool.query('SELECT * FROM envelope_out ORDER BY created_at, id')).rows;
