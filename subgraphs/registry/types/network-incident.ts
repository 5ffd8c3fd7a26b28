import { availableActions } from '@kortelijn/schema/interpret/lifecycle.ts';
import { networkIncident as lifecycle } from '@kortelijn/schema/lifecycles/network-incident.ts';
import { parseId } from '@kortelijn/schema/vocabulary/ids.ts';
import { builder, described } from '../builder.ts';
import { relationsOf } from '../domain/network-incident.ts';
import { codedError } from '../errors.ts';
import type { NetworkIncidentPage, NetworkIncidentShape } from '../store/reader.ts';
import { AvailableAction } from './available-action.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { PageInfo, pageSize } from './page.ts';
import { Participant } from './participant.ts';

export const NetworkIncidentStateEnum = described(
  'NetworkIncidentState',
  'How far a network incident is acknowledged.',
  {
    CANDIDATE: 'Proposed by a desk; seen by its proposer, the managers it concerns and the foundation.',
    PROMOTED: 'Seen by everyone, and with it title, service and impact of the linked incidents.',
    DEMOTED: 'Over, or not one after all.',
  },
);

export const ServiceLevelEnum = described('ServiceLevel', 'How well a service works.', {
  OPERATIONAL: 'It works.',
  DEGRADED: 'It works, and worse than usual.',
  PARTIAL_OUTAGE: 'A part does not work.',
  MAJOR_OUTAGE: 'It does not work.',
  MAINTENANCE: 'It is down on purpose.',
  UNKNOWN: 'Nobody has said so lately.',
});

const IncidentLink = builder.objectRef<{ readonly id: string }>('IncidentLink');
IncidentLink.implement({
  description: 'A reference to an incident at the participant that holds it.',
  directives: { audience: { per: 'NETWORK' }, key: { fields: 'id', resolvable: false } },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the incident; its prefix is the participant that holds it.' }),
  }),
});

export const NetworkIncident = builder.objectRef<NetworkIncidentShape>('NetworkIncident');
NetworkIncident.implement({
  description: 'Groups incidents of several parties that are one disturbance: candidate, promoted, demoted.',
  directives: { audience: { per: 'CLASS' } },
  interfaces: [Node],
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'What is wrong, in one line.' }),
    services: t.exposeStringList('services', { nullable: true, description: 'The services that suffer.' }),
    level: t.field({
      type: ServiceLevelEnum,
      nullable: true,
      description: 'How badly.',
      resolve: ({ level }) => level as typeof ServiceLevelEnum.$inferType,
    }),
    state: t.field({ type: NetworkIncidentStateEnum, description: 'The state.', resolve: ({ state }) => state }),
    incidents: t.field({
      type: [IncidentLink],
      nullable: true,
      description: 'The incidents that were linked and that their owners did not refuse.',
      resolve: ({ incidentIds }) => incidentIds.map((id) => ({ id })),
    }),
    proposedBy: t.field({
      type: Participant,
      nullable: true,
      description: 'The participant whose desk proposed it.',
      resolve: ({ proposedBy }, _args, { read }) => read.participant(proposedBy),
    }),
    proposedAt: t.expose('proposedAt', { type: 'DateTime', nullable: true, description: 'When it was proposed.' }),
    promotedAt: t.expose('promotedAt', { type: 'DateTime', nullable: true, description: 'When it was promoted.' }),
    demotedAt: t.expose('demotedAt', { type: 'DateTime', nullable: true, description: 'When it was demoted.' }),
    version: t.exposeInt('version', { description: 'Rises with every change.' }),
    availableActions: t.field({
      type: [AvailableAction],
      description: 'What this caller may do with it now.',
      resolve: (incident, _args, { read, now }) =>
        availableActions(lifecycle, {
          state: incident.state,
          relations: relationsOf(incident, read.viewer),
          facts: { nowMs: now() },
        }),
    }),
  }),
});
builder.asEntity(NetworkIncident, {
  key: nodeKeys,
  resolveReference: async (key, { read }) => read.networkIncident(idOf(key)),
});

const NetworkIncidentEdge = builder.objectRef<NetworkIncidentPage['edges'][number]>('NetworkIncidentEdge');
NetworkIncidentEdge.implement({
  description: 'A network incident with its place in the list.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place.' }),
    node: t.field({ type: NetworkIncident, description: 'The network incident.', resolve: ({ node }) => node }),
  }),
});

const NetworkIncidentConnection = builder.objectRef<NetworkIncidentPage & { after: string | null }>(
  'NetworkIncidentConnection',
);
NetworkIncidentConnection.implement({
  description: 'A page of network incidents, the last proposed first.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    edges: t.field({ type: [NetworkIncidentEdge], description: 'With their places.', resolve: ({ edges }) => edges }),
    nodes: t.field({
      type: [NetworkIncident],
      description: 'Without their places.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Where the page lies.',
      resolve: ({ edges, hasNextPage, after }) => ({
        hasNextPage,
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      }),
    }),
  }),
});

builder.queryFields((t) => ({
  networkIncidents: t.field({
    type: NetworkIncidentConnection,
    nullable: true,
    description: 'Network incidents that this caller may see, the last proposed first.',
    args: {
      state: t.arg({
        type: [NetworkIncidentStateEnum],
        description: 'Only those in one of these states; all when left out.',
      }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: 'The cursor after which the page begins.' }),
    },
    resolve: async (_root, { state, first, after }, { read }) => ({
      ...(await read.networkIncidents({ states: state ?? null, first: pageSize(first), after: after ?? null })),
      after: after ?? null,
    }),
  }),
  networkIncident: t.field({
    type: NetworkIncident,
    nullable: true,
    description: 'One network incident; null when there is none or it is not for this caller.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: async (_root, { id }, { read }) => {
      if (parseId(id)?.tag !== 'net') throw codedError('UNKNOWN_ID', 'Expected the id of a network incident.');
      const found = await read.networkIncident(id);
      if (found) return found;
      throw codedError('NOT_FOUND', 'There is no such network incident, or it is not for this caller.');
    },
  }),
}));
