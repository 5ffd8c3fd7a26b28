/**
 * Reads all that a decision on an incident looks at, in one statement and so from one snapshot: the rows, and whether
 * this command was carried out before. Writing checks the version, so a change in between is noticed there.
 */
import type { Queryable } from '@kortelijn/kit/postgres/connect.ts';
import type { Situation } from '../domain/decision.ts';
import type { Incident } from '../domain/incident.ts';
import { incidentColumns } from '../store/incident-rows.ts';
import { clockOf, participationOf } from './rows.ts';

export interface Looked {
  readonly situation: Situation | undefined;
  readonly team: { readonly name: string } | undefined;
  readonly done: LoggedCommand | undefined;
}

export interface LoggedCommand {
  readonly actor: string;
  readonly operation: string;
  readonly requestHash: string;
  readonly answer: unknown;
}

export interface LookFor {
  readonly incidentId?: string | undefined;
  readonly teamId?: string | undefined;
  readonly participant?: string;
  readonly commandId?: string;
}

const LOOK = {
  name: 'incident-look',
  text: `SELECT log.actor AS "logActor", log.operation AS "logOperation", log.request_hash AS "logHash",
           log.answer AS "logAnswer", team.name AS "teamName",
           (SELECT at FROM timeline WHERE incident_id = i.id ORDER BY n DESC LIMIT 1) AS "lastAt",
           (SELECT coalesce(json_agg(c ORDER BY c.started_at), '[]') FROM clock AS c WHERE c.incident_id = i.id)
             AS "clocks",
           (SELECT coalesce(json_agg(p), '[]') FROM participation AS p WHERE p.incident_id = i.id) AS "participations",
           i.*
         FROM (SELECT) AS one
         LEFT JOIN command_log AS log ON log.participant = $1 AND log.command_id = $2
         LEFT JOIN team ON team.id = $4
         LEFT JOIN (SELECT ${incidentColumns} FROM incident WHERE id = $3) AS i ON true`,
};

export async function look(db: Queryable, { incidentId, teamId, participant, commandId }: LookFor): Promise<Looked> {
  const { rows } = await db.query({
    ...LOOK,
    values: [participant ?? null, commandId ?? null, incidentId ?? null, teamId ?? null],
  });
  const { logActor, logOperation, logHash, logAnswer, teamName, lastAt, clocks, participations, ...incident } = rows[0];
  return {
    situation:
      incident.id === null
        ? undefined
        : {
            incident: incident as Incident,
            clocks: clocks.map(clockOf),
            participations: participations.map(participationOf),
            lastAt,
          },
    team: teamName === null ? undefined : { name: teamName },
    done:
      logActor === null
        ? undefined
        : { actor: logActor, operation: logOperation, requestHash: logHash, answer: logAnswer },
  };
}

/**
 * In a transaction: nobody else changes it until that ends. Two statements, because what one statement reads beside a
 * row that it had to wait for is older than the row.
 */
export async function lockAndLook(client: Queryable, incidentId: string): Promise<Situation | undefined> {
  const locked = await client.query({
    name: 'incident-lock',
    text: 'SELECT FROM incident WHERE id = $1 FOR UPDATE',
    values: [incidentId],
  });
  if (locked.rowCount === 0) return undefined;
  return (await look(client, { incidentId })).situation;
}
