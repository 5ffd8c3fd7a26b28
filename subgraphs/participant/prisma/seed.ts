/** What an endpoint begins with: its name, teams, people, services. Written once, into an empty database. */
import { inTransaction, type Pool } from '@kortelijn/kit/postgres/connect.ts';
import { newId, type ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';

export interface Seed {
  readonly name: string;
  readonly teams: readonly SeedTeam[];
  readonly persons: readonly SeedPerson[];
  readonly services: readonly string[];
  readonly calendarId: string;
}
interface SeedTeam {
  readonly name: string;
  readonly line: number;
  readonly organisationLine?: string;
}
interface SeedPerson {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** Reads a seed file; throws one sentence that names what is missing. */
export function seedOf(json: unknown): Seed {
  const { name, teams, persons, services, calendarId } = objectIn(json, 'the seed');
  return {
    name: textIn(name, 'name'),
    teams: listIn(teams, 'teams').map((team, index) => {
      const { name: teamName, line, organisationLine } = objectIn(team, `teams[${index}]`);
      if (!Number.isInteger(line)) throw new Error(`Expected teams[${index}].line to be a whole number.`);
      const of = organisationLine == null ? {} : { organisationLine: textIn(organisationLine, 'organisationLine') };
      return { name: textIn(teamName, `teams[${index}].name`), line: line as number, ...of };
    }),
    persons: listIn(persons, 'persons').map((person, index) => {
      const { subject, name: personName, roles } = objectIn(person, `persons[${index}]`);
      return {
        subject: textIn(subject, `persons[${index}].subject`),
        name: textIn(personName, `persons[${index}].name`),
        roles: listIn(roles, `persons[${index}].roles`).map((role) => textIn(role, 'a role')),
      };
    }),
    services: listIn(services, 'services').map((service) => textIn(service, 'a service')),
    calendarId: textIn(calendarId, 'calendarId'),
  };
}

/** Answers whether it wrote: a database that has a profile is not empty. */
export async function applySeed(pool: Pool, me: ParticipantId, seed: Seed, nowMs: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const begun = await client.query(
      `INSERT INTO profile (id, name, calendar_id, seeded_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [me, seed.name, seed.calendarId, new Date(nowMs)],
    );
    if (begun.rowCount === 0) {
      await refuseForeignDatabase(client, me);
      return false;
    }
    for (const { name, line, organisationLine } of seed.teams) {
      const id = newId(me, 'tm', nowMs);
      const values = [id, name, line, organisationLine ?? null];
      await client.query('INSERT INTO team (id, name, line, organisation_line) VALUES ($1, $2, $3, $4)', values);
    }
    for (const { subject, name, roles } of seed.persons) {
      const values = [subject, newId(me, 'prs', nowMs), name, roles];
      await client.query('INSERT INTO person (subject, id, name, roles) VALUES ($1, $2, $3, $4)', values);
    }
    for (const service of seed.services) {
      const values = [service, newId(me, 'sst', nowMs)];
      await client.query(`INSERT INTO service_status (service, id, level) VALUES ($1, $2, 'UNKNOWN')`, values);
    }
    return true;
  });
}

/** Two participants on one database would each give out what is the other's. */
async function refuseForeignDatabase(client: Pick<Pool, 'query'>, me: string): Promise<void> {
  const { rows } = await client.query('SELECT id FROM profile');
  if (rows[0]?.id === me) return;
  throw new Error(`Expected the database of ${me}, found that of ${rows[0]?.id}. Correct DATABASE_URL or DATA_DIR.`);
}

function objectIn(json: unknown, where: string): Record<string, unknown> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new Error(`Expected ${where} to be a JSON object.`);
}

function listIn(json: unknown, where: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new Error(`Expected ${where} to be a list.`);
}

function textIn(json: unknown, where: string): string {
  if (typeof json === 'string' && json !== '') return json;
  throw new Error(`Expected ${where} to be a text that is not empty.`);
}
