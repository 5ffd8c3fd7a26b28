/** A desk says that incidents of several parties are one disturbance: a new candidate, or one more link to an old one. */
import type { PoolClient } from '@kortelijn/kit/postgres/connect.ts';
import { decide } from '@kortelijn/schema/interpret/lifecycle.ts';
import { networkIncident as lifecycle } from '@kortelijn/schema/lifecycles/network-incident.ts';
import { newId, parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { refuseText } from '../domain/bounds.ts';
import { maySee, relationsOf } from '../domain/network-incident.ts';
import { invalidInput, notFound, type Refusal, refusalOf } from '../domain/refusal.ts';
import { appendNetworkIncidentEvent, type LockedNetworkIncident, lockNetworkIncident } from '../store/writer.ts';
import { actingRole } from './acting-role.ts';
import type { ProposeNetworkIncident } from './inputs.ts';
import type { Result, Run } from './run.ts';
import { tellOwners } from './tell-owners.ts';

const INCIDENTS_MAX = 50;
const SERVICES_MAX = 20;

export async function propose(run: Run, input: ProposeNetworkIncident): Promise<Result> {
  const links = await linksIn(run, input.incidentIds);
  if ('kind' in links) return links;
  if (input.networkIncidentId != null) return link(run, input.networkIncidentId, links);

  const { office, client, viewer, at } = run;
  const refused = refuseText(input.title, 'input.title', textLengthsMax.title) ?? refuseServices(input.services);
  if (refused) return refused;
  const situation = { state: undefined, relations: relationsOf(undefined, viewer), facts: { nowMs: at.getTime() } };
  const decision = decide(lifecycle, 'propose', situation);
  if (!decision.ok) return refusalOf('propose', 'none', decision);

  const id = newId(office.foundation, 'net', at.getTime());
  await client.query(
    `INSERT INTO network_incident (id, title, services, level, state, proposed_by, proposed_at, updated_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)`,
    [id, input.title, [...new Set(input.services)], input.level, decision.to, viewer.participant, at],
  );
  const taken = await insertLinks(client, id, links.list, run);
  if (taken) return taken;
  const after = await lockNetworkIncident(client, id);
  if (!after) throw new Error(`${id} is gone in its own transaction.`);
  await appendNetworkIncidentEvent(client, {
    event: 'proposed',
    before: undefined,
    after,
    foundation: office.foundation,
    at,
    actorRole: actingRole(viewer),
  });
  await tellOwners(office, client, 'networkIncident.linked', id, after.live);
  return { kind: 'NetworkIncidentChanged', networkIncidentId: id };
}

async function link(run: Run, id: string, { list }: Links): Promise<Result> {
  const { office, client, viewer, at } = run;
  const before = await lockNetworkIncident(client, id);
  if (!before || !maySee(before, viewer)) return notFound(id);
  const relations = relationsOf(before, viewer);
  const decision = decide(lifecycle, 'link', { state: before.state, relations, facts: { nowMs: at.getTime() } });
  if (!decision.ok) return refusalOf('link', before.state, decision);

  const fresh = list.filter(({ incidentId }) => !before.live.some((known) => known.incidentId === incidentId));
  // Linked already: what was asked for is so.
  if (fresh.length === 0) return { kind: 'NetworkIncidentChanged', networkIncidentId: id };
  const taken = await insertLinks(client, id, fresh, run);
  if (taken) return taken;
  await client.query(
    `UPDATE network_incident SET version = version + 1, updated_at = greatest($2, updated_at + interval '1 ms')
     WHERE id = $1`,
    [id, at],
  );
  const after = (await lockNetworkIncident(client, id)) as LockedNetworkIncident;
  await appendNetworkIncidentEvent(client, {
    event: 'linked',
    before,
    after,
    foundation: office.foundation,
    at,
    actorRole: actingRole(viewer),
  });
  await tellOwners(office, client, 'networkIncident.linked', id, fresh);
  if (after.state === 'PROMOTED') await tellOwners(office, client, 'networkIncident.promoted', id, fresh);
  return { kind: 'NetworkIncidentChanged', networkIncidentId: id };
}

interface Links {
  readonly list: readonly { readonly incidentId: string; readonly owner: string }[];
}

/** The owner of an incident is its prefix; whether the incident is there only the owner can say, by its receipt. */
async function linksIn({ office }: Run, incidentIds: readonly string[]): Promise<Links | Refusal> {
  const path = 'input.incidentIds';
  const ids = [...new Set(incidentIds)];
  if (ids.length < 1 || ids.length > INCIDENTS_MAX) {
    return invalidInput('VALUE_OUT_OF_RANGE', path, `Expected 1 to ${INCIDENTS_MAX} incidents, found ${ids.length}.`);
  }
  const { participants } = await office.directory.content();
  const list = [];
  for (const incidentId of ids) {
    const parsed = parseId(incidentId);
    if (parsed?.tag !== 'inc') {
      return invalidInput(
        'UNKNOWN_ID',
        path,
        `Expected ids of incidents, found ${JSON.stringify(incidentId.slice(0, 60))}.`,
      );
    }
    if (!participants.has(parsed.participant)) {
      return invalidInput('UNKNOWN_PARTICIPANT', path, `There is no participant ${parsed.participant}.`);
    }
    list.push({ incidentId, owner: parsed.participant });
  }
  return { list };
}

function refuseServices(services: readonly string[]): Refusal | undefined {
  if (services.length < 1 || services.length > SERVICES_MAX) {
    const message = `Expected 1 to ${SERVICES_MAX} services, found ${services.length}.`;
    return invalidInput('VALUE_OUT_OF_RANGE', 'input.services', message);
  }
  for (const [index, service] of services.entries()) {
    const refused = refuseText(service, `input.services.${index}`, textLengthsMax.service);
    if (refused) return refused;
  }
  return undefined;
}

async function insertLinks(
  client: PoolClient,
  id: string,
  links: Links['list'],
  { viewer, at }: Run,
): Promise<Refusal | undefined> {
  // In one order, so that two proposals over the same incidents do not wait for each other crosswise.
  for (const { incidentId, owner } of [...links].sort((a, b) => (a.incidentId < b.incidentId ? -1 : 1))) {
    const { rowCount } = await client.query(
      `INSERT INTO network_incident_link (network_incident_id, incident_id, owner, linked_by, linked_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [id, incidentId, owner, viewer.participant, at],
    );
    const again = rowCount === 0 && (await revive(client, id, incidentId, viewer.participant, at));
    if (rowCount === 0 && !again) {
      const message = `${incidentId} is linked to another network incident.`;
      return invalidInput('ALREADY_LINKED', 'input.incidentIds', message);
    }
  }
  return undefined;
}

/** A link that its owner refused earlier may be tried again. */
async function revive(client: PoolClient, id: string, incidentId: string, by: string, at: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE network_incident_link AS link SET released_at = NULL, released_code = NULL, linked_by = $3, linked_at = $4
     WHERE network_incident_id = $1 AND incident_id = $2 AND released_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM network_incident_link AS other
                       WHERE other.incident_id = $2 AND other.released_at IS NULL)`,
    [id, incidentId, by, at],
  );
  return rowCount === 1;
}
