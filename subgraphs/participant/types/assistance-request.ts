import { builder } from '../builder.ts';
import type { AssistanceRequest as RequestRow } from '../generated/prisma/client.ts';
import { type AssistancePage, assistanceActions } from '../store/assistance.ts';
import { AvailableAction } from './available-action.ts';
import { Coverage, ownCoverage } from './coverage.ts';
import { AssistanceStateEnum, OnMissingEnum } from './enums.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { type Edge, PageInfo, pageSize, selects } from './page.ts';
import { IncidentLink, ParticipantRef, referenceTo } from './references.ts';

export const AssistanceRequest = builder.objectRef<RequestRow>('AssistanceRequest');
AssistanceRequest.implement({
  description: 'One desk asks another for help, without approval by a manager; it stands at the asked participant.',
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    from: t.field({ type: ParticipantRef, description: 'Who asks.', resolve: (row) => ({ id: row.fromParticipant }) }),
    to: t.field({ type: ParticipantRef, description: 'Who is asked.', resolve: (row) => ({ id: row.toParticipant }) }),
    incident: t.field({
      type: IncidentLink,
      nullable: true,
      description: 'What it is about, where that is an incident.',
      resolve: ({ incidentId }) => referenceTo(incidentId),
    }),
    question: t.exposeString('question', { description: 'What is asked.' }),
    answer: t.exposeString('answer', { nullable: true, description: 'What was answered.' }),
    state: t.field({
      type: AssistanceStateEnum,
      description: 'Where it stands.',
      resolve: ({ state }) => state as typeof AssistanceStateEnum.$inferType,
    }),
    askedAt: t.expose('askedAt', { type: 'DateTime', description: 'When it was asked.' }),
    answeredAt: t.expose('answeredAt', { type: 'DateTime', nullable: true, description: 'When it was answered.' }),
    version: t.exposeInt('version', { description: 'Rises with every change; a command may name the one it expects.' }),
    availableActions: t.field({
      type: [AvailableAction],
      description: 'What this caller may do with it now and, for what it may not, why.',
      resolve: (row, _, { read }) => assistanceActions(row, read.caller),
    }),
  }),
});
builder.asEntity(AssistanceRequest, {
  key: nodeKeys,
  resolveReference: async (key, { read }) => read.assistanceRequest(idOf(key)),
});

const AssistanceRequestEdge = builder.objectRef<Edge<RequestRow>>('AssistanceRequestEdge');
AssistanceRequestEdge.implement({
  description: 'A request and its place in the list.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place in the list.' }),
    node: t.expose('node', { type: AssistanceRequest, directives: { local: {} }, description: 'The request.' }),
  }),
});

const AssistanceRequestConnection = builder.objectRef<AssistancePage>('AssistanceRequestConnection');
AssistanceRequestConnection.implement({
  description: 'A page of requests for assistance, newest first.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    edges: t.field({
      type: [AssistanceRequestEdge],
      description: 'The rows with their places.',
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [AssistanceRequest],
      directives: { local: {} },
      description: 'The rows alone.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.expose('pageInfo', { type: PageInfo, description: 'Where the page lies.' }),
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

const AssistanceRequestFilter = builder.inputType('AssistanceRequestFilter', {
  description: 'Which requests; what is left out does not filter.',
  fields: (t) => ({
    state: t.field({ type: [AssistanceStateEnum], description: 'In one of these states.' }),
    from: t.idList({ description: 'Asked by one of these participants.' }),
  }),
});

builder.queryField('assistanceRequests', (t) =>
  t.field({
    type: AssistanceRequestConnection,
    directives: { scatter: { merge: 'CONNECTION' } },
    description: 'Requests for assistance that this caller may see, newest first.',
    args: {
      filter: t.arg({ type: AssistanceRequestFilter, description: 'Which requests.' }),
      participants: t.arg.idList({ description: 'At these participants; at all when left out.' }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: 'The cursor after which the page begins.' }),
      onMissing: t.arg({
        type: OnMissingEnum,
        required: true,
        defaultValue: 'PROCEED',
        description: 'What to do when a participant does not answer.',
      }),
    },
    resolve: (_, { filter, first, after }, { read }, info) =>
      read.assistanceRequests({ filter, first: pageSize(first), after, feedHead: selects(info, 'feedHead') }),
  }),
);
