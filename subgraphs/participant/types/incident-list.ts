import { builder } from '../builder.ts';
import { pageInfoOf } from '../store/connection.ts';
import type { IncidentPage } from '../store/incident-list.ts';
import type { IncidentView } from '../store/incident-rows.ts';
import { Coverage, ownCoverage } from './coverage.ts';
import { IncidentOrderEnum, IncidentStateEnum, OnMissingEnum, PriorityEnum } from './enums.ts';
import { Incident } from './incident.ts';
import { type Edge, PageInfo, pageSize, selects } from './page.ts';

const perClass = { audience: { per: 'CLASS' } } as const;

const IncidentEdge = builder.objectRef<Edge<IncidentView>>('IncidentEdge');
IncidentEdge.implement({
  description: 'An incident and its place in the list.',
  directives: perClass,
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place in the list.' }),
    node: t.expose('node', { type: Incident, directives: { local: {} }, description: 'The incident.' }),
  }),
});

const IncidentConnection = builder.objectRef<IncidentPage & { readonly after: string | null | undefined }>(
  'IncidentConnection',
);
IncidentConnection.implement({
  description: 'A page of incidents.',
  directives: perClass,
  fields: (t) => ({
    edges: t.field({ type: [IncidentEdge], description: 'The rows with their places.', resolve: ({ edges }) => edges }),
    nodes: t.field({
      type: [Incident],
      directives: { local: {} },
      description: 'The rows alone.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Where the page lies.',
      resolve: ({ edges, hasNextPage, after }) => pageInfoOf(edges, hasNextPage, after),
    }),
    totalCount: t.int({
      nullable: true,
      directives: { merge: { with: 'SUM' } },
      description: 'How many rows this caller sees in all.',
      resolve: (page) => page.count(),
    }),
    coverage: t.field({
      type: Coverage,
      description: 'Who answered; the hub says it.',
      resolve: (_, __, context) => ownCoverage(context),
    }),
    feedHead: t.string({
      nullable: true,
      inaccessible: true,
      description: 'Where the feed stood before these rows were read.',
      resolve: ({ feedHead }) => feedHead,
    }),
  }),
});

const IncidentList = builder.objectRef<readonly IncidentView[]>('IncidentList');
IncidentList.implement({
  description: 'Incidents that belong together.',
  directives: perClass,
  fields: (t) => ({
    nodes: t.field({
      type: [Incident],
      directives: { local: {} },
      description: 'The incidents.',
      resolve: (all) => all,
    }),
    coverage: t.field({
      type: Coverage,
      description: 'Who answered; the hub says it.',
      resolve: (_, __, context) => ownCoverage(context),
    }),
  }),
});

const Count = builder.objectRef<number>('Count');
Count.implement({
  description: 'How many.',
  directives: perClass,
  fields: (t) => ({
    value: t.int({ directives: { merge: { with: 'SUM' } }, description: 'The number.', resolve: (value) => value }),
    coverage: t.field({
      type: Coverage,
      description: 'Who answered; the hub says it.',
      resolve: (_, __, context) => ownCoverage(context),
    }),
  }),
});

const IncidentFilter = builder.inputType('IncidentFilter', {
  description: 'Which incidents; what is left out does not filter, and all that is given must hold.',
  fields: (t) => ({
    text: t.string({
      description: 'Words that must all occur in title, description or reference, without regard to case.',
    }),
    state: t.field({ type: [IncidentStateEnum], description: 'In one of these states.' }),
    priority: t.field({ type: [PriorityEnum], description: 'Of one of these priorities.' }),
    service: t.stringList({ description: 'About one of these services.' }),
    teamId: t.idList({ description: 'With one of these teams.' }),
    chainId: t.id({ description: 'Of this chain.' }),
    owner: t.idList({ description: 'Held by one of these participants.' }),
    reporter: t.idList({ description: 'Reported by one of these participants.' }),
    networkIncidentId: t.id({ description: 'Part of this network incident.' }),
    createdFrom: t.field({ type: 'DateTime', description: 'Begun at this moment or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Begun before this moment.' }),
    open: t.boolean({ description: 'OPEN: neither closed nor cancelled nor handed over.' }),
  }),
});

const PARTICIPANTS = 'At these participants; at all when left out.';

builder.queryFields((t) => ({
  incidents: t.field({
    type: IncidentConnection,
    directives: { scatter: { merge: 'CONNECTION' } },
    description: 'Incidents that this caller may see.',
    args: {
      filter: t.arg({ type: IncidentFilter, description: 'Which incidents.' }),
      orderBy: t.arg({
        type: IncidentOrderEnum,
        required: true,
        defaultValue: 'CREATED_DESC',
        description: 'In which order.',
      }),
      participants: t.arg.idList({ description: PARTICIPANTS }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: 'The cursor after which the page begins.' }),
      onMissing: t.arg({
        type: OnMissingEnum,
        required: true,
        defaultValue: 'PROCEED',
        description: 'What to do when a participant does not answer.',
      }),
    },
    resolve: async (_, { filter, orderBy, first, after }, { read }, info) => {
      const asked = { filter, orderBy, first: pageSize(first), after, feedHead: selects(info, 'feedHead') };
      return { ...(await read.incidents(asked)), after };
    },
  }),
  incidentCount: t.field({
    type: Count,
    directives: { scatter: { merge: 'COUNT' } },
    description: 'How many incidents this caller may see.',
    args: {
      filter: t.arg({ type: IncidentFilter, description: 'Which incidents.' }),
      participants: t.arg.idList({ description: PARTICIPANTS }),
    },
    resolve: (_, { filter }, { read }) => read.incidentCount(filter),
  }),
  incident: t.field({
    type: Incident,
    nullable: true,
    directives: { route: { by: 'ID', path: 'id' } },
    description: 'One incident by its id; null when it is not there or not for this caller.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: (_, { id }, { read }) => read.incident(id),
  }),
  incidentByReference: t.field({
    type: Incident,
    nullable: true,
    directives: { route: { by: 'REFERENCE', path: 'reference' } },
    description: 'One incident by what people call it; null when it is not there or not for this caller.',
    args: { reference: t.arg.string({ required: true, description: 'The reference, e.g. LINDE-2026-0042.' }) },
    resolve: (_, { reference }, { read }) => read.incidentByReference(reference),
  }),
  incidentChain: t.field({
    type: IncidentList,
    directives: { scatter: { merge: 'LIST' } },
    description: 'Every holder of one chain, at whichever participant.',
    args: {
      chainId: t.arg.id({ required: true, description: 'The chain.' }),
      participants: t.arg.idList({ description: PARTICIPANTS }),
    },
    resolve: (_, { chainId }, { read }) => read.incidentChain(chainId),
  }),
}));
