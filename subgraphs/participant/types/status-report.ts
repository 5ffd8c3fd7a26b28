import { type Histogram as HistogramShape, percentile } from '@kortelijn/schema/vocabulary/histogram.ts';
import { builder } from '../builder.ts';
import { codedError } from '../errors.ts';
import type { StatusReportRow } from '../store/status-report.ts';
import { Coverage, ownCoverage } from './coverage.ts';
import { IncidentStateEnum, WaitReasonEnum } from './enums.ts';

const sum = { merge: { with: 'SUM' } } as const;
const perClass = { audience: { per: 'CLASS' } } as const;

const HistogramBin = builder.objectRef<HistogramShape['bins'][number]>('HistogramBin');
HistogramBin.implement({
  description: 'How many durations fall between the bound before and this one.',
  directives: perClass,
  fields: (t) => ({
    upTo: t.exposeFloat('upTo', { description: 'The upper bound in seconds, inclusive.' }),
    count: t.exposeInt('count', { description: 'How many.' }),
  }),
});

const Histogram = builder.objectRef<HistogramShape>('Histogram');
Histogram.implement({
  description: 'Durations in seconds, counted in bins that are the same everywhere, so that histograms add up.',
  directives: perClass,
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many in all.' }),
    bins: t.field({
      type: [HistogramBin],
      description: 'Sparse, ascending; bounds are those of the contract (schema/vocabulary/histogram.ts).',
      resolve: ({ bins }) => bins,
    }),
    percentile: t.float({
      nullable: true,
      description: 'Upper bound of the bin the percentile falls in, in seconds; null when empty. 0 < p ≤ 100.',
      args: { p: t.arg.float({ required: true, description: 'The percentile.' }) },
      resolve: (histogram, { p }) => {
        if (!(p > 0 && p <= 100))
          throw codedError('BAD_USER_INPUT', `Expected \`p\` above 0 and at most 100; found ${p}.`);
        return percentile(histogram, p) ?? null;
      },
    }),
  }),
});

const StateCount = builder.objectRef<StatusReportRow['byState'][number]>('StateCount');
StateCount.implement({
  description: 'How many incidents are in a state.',
  directives: perClass,
  fields: (t) => ({
    state: t.field({
      type: IncidentStateEnum,
      description: 'The state.',
      resolve: ({ state }) => state as typeof IncidentStateEnum.$inferType,
    }),
    count: t.exposeInt('count', { directives: sum, description: 'How many.' }),
  }),
});

const EventCount = builder.objectRef<StatusReportRow['byLastEvent'][number]>('EventCount');
EventCount.implement({
  description: 'How many incidents had this as their last event.',
  directives: perClass,
  fields: (t) => ({
    event: t.exposeString('event', { description: 'The event of the lifecycle.' }),
    count: t.exposeInt('count', { directives: sum, description: 'How many.' }),
  }),
});

const StateTime = builder.objectRef<StatusReportRow['timeInState'][number]>('StateTime');
StateTime.implement({
  description: 'How long incidents were in a state for a reason, between one event and the next.',
  directives: perClass,
  fields: (t) => ({
    state: t.field({
      type: IncidentStateEnum,
      description: 'The state.',
      resolve: ({ state }) => state as typeof IncidentStateEnum.$inferType,
    }),
    waitReason: t.field({
      type: WaitReasonEnum,
      nullable: true,
      description: 'What was waited for.',
      resolve: ({ waitReason }) => waitReason as typeof WaitReasonEnum.$inferType | null,
    }),
    seconds: t.exposeFloat('seconds', { directives: sum, description: 'How long in all.' }),
    cases: t.exposeInt('cases', { directives: sum, description: 'How many incidents.' }),
  }),
});

const StatusReport = builder.objectRef<StatusReportRow>('StatusReport');
StatusReport.implement({
  description: 'Counts and durations without cases; percentiles over the network come from merged histograms.',
  directives: perClass,
  fields: (t) => ({
    incidentCount: t.exposeInt('incidentCount', { directives: sum, description: 'How many records there are.' }),
    openCount: t.exposeInt('openCount', {
      directives: sum,
      description: 'How many are neither closed nor cancelled nor handed over.',
    }),
    handoverCount: t.exposeInt('handoverCount', {
      directives: sum,
      description: 'How many were handed over to another participant.',
    }),
    reopenedCount: t.exposeInt('reopenedCount', { directives: sum, description: 'How often one was reopened.' }),
    byState: t.field({
      type: [StateCount],
      directives: { merge: { with: 'SUM', key: 'state' } },
      description: 'By the state they are in.',
      resolve: ({ byState }) => byState,
    }),
    byLastEvent: t.field({
      type: [EventCount],
      directives: { merge: { with: 'SUM', key: 'event' } },
      description: 'By the last thing that happened.',
      resolve: ({ byLastEvent }) => byLastEvent,
    }),
    timeInState: t.field({
      type: [StateTime],
      directives: { merge: { with: 'SUM', key: 'state waitReason' } },
      description: 'Time spent per state and reason over the timelines.',
      resolve: ({ timeInState }) => timeInState,
    }),
    pickUp: t.expose('pickUp', {
      type: Histogram,
      directives: { merge: { with: 'HISTOGRAM' } },
      description: 'From reported at a desk to acknowledged there, in seconds; after a handover.',
    }),
    duration: t.expose('duration', {
      type: Histogram,
      directives: { merge: { with: 'HISTOGRAM' } },
      description: 'From first report of an incident to its last state, in seconds.',
    }),
    delivery: t.expose('delivery', {
      type: Histogram,
      directives: { merge: { with: 'HISTOGRAM' } },
      description: "From the report anywhere in the network to delivery at the owner's desk, in seconds (M-13).",
    }),
    coverage: t.field({
      type: Coverage,
      description: 'Who answered; the hub says it.',
      resolve: (_, __, context) => ownCoverage(context),
    }),
  }),
});

builder.queryField('statusReport', (t) =>
  t.field({
    type: StatusReport,
    directives: { scatter: { merge: 'SUMMARY' } },
    description: 'Figures over the incidents that this caller reads whole; over all for the foundation.',
    args: {
      from: t.arg({ type: 'DateTime', description: 'Of records that began at this moment or later.' }),
      before: t.arg({ type: 'DateTime', description: 'Of records that began before this moment.' }),
      participants: t.arg.idList({ description: 'At these participants; at all when left out.' }),
    },
    resolve: (_, window, { read }) => read.statusReport({ from: window.from, before: window.before }),
  }),
);
