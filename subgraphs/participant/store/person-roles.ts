/** The roles that this participant grants its people: what a token says beyond them opens nothing here. */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { type Caller, subjectAtIssuer } from '@kortelijn/kit/trust/caller.ts';

export interface RoleChange {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly at: Date;
}

/**
 * Looked up for every request of a person of our own, so that what was taken away is gone with the next one, in every
 * process. Whom the book does not have acts as his token says; other participants answer for theirs.
 */
export function narrowRoles(pool: Pool, endpoint: string): (caller: Caller) => Promise<Caller> {
  return async (caller) => {
    if (caller.kind !== 'subject' || caller.participant !== endpoint || caller.program !== undefined) return caller;
    const subject = subjectAtIssuer(caller);
    if (subject === undefined || subject.includes('\0')) return caller;
    const { rows } = await pool.query<{ roles: string[] | null }>({
      name: 'person-roles',
      text: 'SELECT roles FROM person WHERE subject = $1',
      values: [subject],
    });
    const [known] = rows;
    if (!known) return caller;
    return { ...caller, roles: caller.roles.filter((role) => known.roles?.includes(role)) };
  };
}

const CHANGES_MAX = 10_000;

/** The newest of each person, newest first. */
export async function roleChanges(pool: Pool, since: Date): Promise<readonly RoleChange[]> {
  const { rows } = await pool.query<RoleChange>({
    name: 'role-changes',
    text: `SELECT subject, roles, roles_changed_at AS at FROM person WHERE roles_changed_at >= $1
           ORDER BY roles_changed_at DESC, subject LIMIT $2`,
    values: [since, CHANGES_MAX],
  });
  return rows;
}
