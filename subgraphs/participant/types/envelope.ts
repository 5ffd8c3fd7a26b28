import { builder } from '../builder.ts';
import type { EnvelopePage } from '../store/envelope-list.ts';
import { type EnvelopeRow, envelopeActions } from '../store/envelopes.ts';
import { AvailableAction } from './available-action.ts';
import { EnvelopeStateEnum } from './enums.ts';
import { idOf, Node, nodeKeys } from './node.ts';
import { type Edge, PageInfo, pageSize } from './page.ts';
import { ParticipantRef } from './references.ts';

export const Envelope = builder.objectRef<EnvelopeRow>('Envelope');
Envelope.implement({
  description: 'What this participant must tell another: on its way, taken in, or refused.',
  interfaces: [Node],
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    to: t.field({ type: ParticipantRef, description: 'Who is told.', resolve: ({ to }) => ({ id: to }) }),
    type: t.exposeString('type', { description: 'What kind of message it is.' }),
    state: t.field({ type: EnvelopeStateEnum, description: 'Where it stands.', resolve: ({ state }) => state }),
    code: t.exposeString('code', {
      nullable: true,
      description: 'Why it was refused or still lies here, as a code of the contract.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the change that caused it was made.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a signed receipt closed it.',
    }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next; null once it is closed.',
    }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'What the last attempt that failed said.' }),
    subjectId: t.exposeID('subjectId', {
      description: 'What it is about; messages about one object keep their order.',
    }),
    availableActions: t.field({
      type: [AvailableAction],
      description: 'What this caller may do with it now.',
      resolve: (envelope, _, { read }) => envelopeActions(envelope, read.standing),
    }),
  }),
});
builder.asEntity(Envelope, { key: nodeKeys, resolveReference: async (key, { read }) => read.envelope(idOf(key)) });

const EnvelopeEdge = builder.objectRef<Edge<EnvelopeRow>>('EnvelopeEdge');
EnvelopeEdge.implement({
  description: 'An envelope and its place in the list.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place in the list.' }),
    node: t.expose('node', { type: Envelope, directives: { local: {} }, description: 'The envelope.' }),
  }),
});

export const EnvelopeConnection = builder.objectRef<EnvelopePage>('EnvelopeConnection');
EnvelopeConnection.implement({
  description: 'A page of envelopes, newest first.',
  directives: { audience: { per: 'CLASS' } },
  fields: (t) => ({
    edges: t.field({ type: [EnvelopeEdge], description: 'The rows with their places.', resolve: ({ edges }) => edges }),
    nodes: t.field({
      type: [Envelope],
      directives: { local: {} },
      description: 'The rows alone.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.expose('pageInfo', { type: PageInfo, description: 'Where the page lies.' }),
  }),
});

const EnvelopeFilter = builder.inputType('EnvelopeFilter', {
  description: 'Which envelopes; what is left out does not filter.',
  fields: (t) => ({
    state: t.field({ type: [EnvelopeStateEnum], description: 'In one of these states.' }),
    to: t.idList({ description: 'To one of these participants.' }),
    type: t.stringList({ description: 'Of one of these types.' }),
  }),
});

builder.queryField('envelopes', (t) =>
  t.field({
    type: EnvelopeConnection,
    nullable: true,
    directives: { route: { by: 'CALLER' } },
    description: "What the caller's own participant must tell others, newest first; null for whom it does not concern.",
    args: {
      filter: t.arg({ type: EnvelopeFilter, description: 'Which envelopes.' }),
      first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: 'The cursor after which the page begins.' }),
    },
    resolve: (_, { filter, first, after }, { read }) => read.envelopes({ filter, first: pageSize(first), after }),
  }),
);
