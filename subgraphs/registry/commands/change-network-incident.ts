/** Promoting shows a network incident to everyone, demoting takes that back. */
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { networkIncident as lifecycle } from '@kortelijn/schema/lifecycles/network-incident.ts';
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { refuseText } from '../domain/bounds.ts';
import { maySee, relationsOf } from '../domain/network-incident.ts';
import { notFound, refusalOf, versionConflict } from '../domain/refusal.ts';
import { appendNetworkIncidentEvent, type LockedNetworkIncident, lockNetworkIncident } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { ChangeNetworkIncident } from './inputs.ts';
import type { Result, Run } from './run.ts';
import { tellOwners } from './tell-owners.ts';

export const promote = (run: Run, input: ChangeNetworkIncident): Promise<Result> => change(run, 'promote', input);
export const demote = (run: Run, input: ChangeNetworkIncident): Promise<Result> => change(run, 'demote', input);

async function change(run: Run, event: 'promote' | 'demote', input: ChangeNetworkIncident): Promise<Result> {
  const { office, client, viewer, at } = run;
  const { networkIncidentId: id, expectedVersion, reason } = input;
  const refused = reason == null ? undefined : refuseText(reason, 'input.reason', textLengthsMax.reason);
  if (refused) return refused;
  const before = await lockNetworkIncident(client, id);
  if (!before || !maySee(before, viewer)) return notFound(id);
  const relations = relationsOf(before, viewer);
  const decision = decide(lifecycle, event, { state: before.state, relations, facts: { nowMs: at.getTime() } });
  if (!decision.ok) return refusalOf(event, before.state, decision);
  if (expectedVersion != null && expectedVersion !== before.version) {
    return versionConflict(expectedVersion, before.version);
  }

  await client.query(
    `UPDATE network_incident SET state = $2, version = version + 1, updated_at = greatest($3, updated_at + interval '1 ms'),
            promoted_at = CASE WHEN $2 = 'PROMOTED' THEN $3 ELSE promoted_at END,
            demoted_at = CASE WHEN $2 = 'DEMOTED' THEN $3 ELSE demoted_at END
     WHERE id = $1`,
    [id, decision.to, at],
  );
  // A demoted one lets its incidents go: they may belong to another from now on.
  if (event === 'demote') {
    await client.query(
      'UPDATE network_incident_link SET released_at = $2 WHERE network_incident_id = $1 AND released_at IS NULL',
      [id, at],
    );
  }
  const after = (await lockNetworkIncident(client, id)) as LockedNetworkIncident;
  const past = event === 'promote' ? 'promoted' : 'demoted';
  await appendNetworkIncidentEvent(client, {
    event: past,
    before,
    after,
    foundation: office.foundation,
    at,
    actorRole: actingRole(viewer),
  });
  await tellOwners(office, client, `networkIncident.${past}`, id, before.live);
  return { kind: 'NetworkIncidentChanged', networkIncidentId: id };
}
