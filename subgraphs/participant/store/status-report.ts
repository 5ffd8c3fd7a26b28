/**
 * Counts and durations over the incidents that a caller reads whole, and over all for the foundation, which sees no
 * case in them. One statement, so that all figures are of one moment; durations come out counted in the contract's
 * bins, so the network's percentiles need no rows.
 */
import { type Histogram, histogramBounds } from '@kortelijn/schema/vocabulary/histogram.ts';
import { OPEN_STATES } from '../domain/incident.ts';
import type { ListSource } from './incident-list.ts';
import { createStatement } from './statement.ts';
import { visibilityOf } from './visibility.ts';

export interface StatusReportRow {
  readonly incidentCount: number;
  readonly openCount: number;
  readonly handoverCount: number;
  readonly reopenedCount: number;
  readonly byState: readonly { readonly state: string; readonly count: number }[];
  readonly byLastEvent: readonly { readonly event: string; readonly count: number }[];
  readonly timeInState: readonly {
    readonly state: string;
    readonly waitReason: string | null;
    readonly seconds: number;
    readonly cases: number;
  }[];
  readonly pickUp: Histogram;
  readonly duration: Histogram;
  readonly delivery: Histogram;
}

export interface ReportWindow {
  readonly from: Date | null | undefined;
  readonly before: Date | null | undefined;
}

/** Whether the caller may have a report here at all. */
export function mayReport(standing: ListSource['standing'], isFoundation: boolean): boolean {
  return standing.full || isFoundation || standing.involvedAs !== undefined;
}

/** PostgreSQL counts into bins with inclusive lower bounds; negated and reversed they are inclusive upper ones. */
const NEGATED = [...histogramBounds].reverse().map((bound) => -bound);

type Binned = readonly { readonly bin: number; readonly count: number }[];

export async function statusReport(
  { pool, standing }: ListSource,
  isFoundation: boolean,
  { from, before }: ReportWindow,
): Promise<StatusReportRow> {
  const statement = createStatement();
  const { bind } = statement;
  const conditions = [isFoundation ? 'true' : visibilityOf(standing, bind).mayRead('description')];
  if (from != null) conditions.push(`created_at >= ${bind(from)}`);
  if (before != null) conditions.push(`created_at < ${bind(before)}`);
  const bounds = bind(NEGATED);
  const open = bind([...OPEN_STATES]);
  const binned = (seconds: string, source: string, where: string) => `
    (SELECT coalesce(json_agg(json_build_object('bin', bin, 'count', count)), '[]') FROM (
       SELECT width_bucket(-greatest(0, extract(epoch FROM ${seconds}))::float8, ${bounds}::float8[]) AS bin,
              count(*)::int AS count
       FROM ${source} WHERE ${where} GROUP BY 1) AS b)`;
  const rows = await statement.run<Record<string, unknown>>(
    pool,
    `WITH picked AS MATERIALIZED (
       SELECT id, state, previous_id, received_from, imported_batch, first_reported_at, created_at, received_at,
              acknowledged_at, handed_over_to, reopened_count
       FROM incident WHERE ${conditions.join(' AND ')}
     ), line AS MATERIALIZED (
       SELECT t.incident_id, t.event, t.state, t.wait_reason, t.at, lead(t.at) OVER one AS until,
              lead(t.n) OVER one IS NULL AS is_last
       FROM timeline AS t JOIN picked ON picked.id = t.incident_id
       WINDOW one AS (PARTITION BY t.incident_id ORDER BY t.n)
     ), ended AS (
       SELECT picked.first_reported_at, line.at FROM picked JOIN line ON line.incident_id = picked.id AND line.is_last
       WHERE picked.state <> 'HANDED_OVER'
     )
     SELECT
       (SELECT count(*)::int FROM picked) AS "incidentCount",
       (SELECT count(*)::int FROM picked WHERE state = ANY(${open})) AS "openCount",
       (SELECT count(*)::int FROM picked WHERE state = 'HANDED_OVER') AS "handoverCount",
       (SELECT coalesce(sum(reopened_count), 0)::int FROM picked) AS "reopenedCount",
       (SELECT coalesce(json_agg(s ORDER BY s.state), '[]')
        FROM (SELECT state, count(*)::int AS count FROM picked GROUP BY state) AS s) AS "byState",
       (SELECT coalesce(json_agg(e ORDER BY e.event), '[]')
        FROM (SELECT event, count(*)::int AS count FROM line WHERE is_last GROUP BY event) AS e) AS "byLastEvent",
       (SELECT coalesce(json_agg(t ORDER BY t.state, t."waitReason"), '[]') FROM (
          SELECT state, wait_reason AS "waitReason", sum(greatest(0, extract(epoch FROM until - at)))::float8 AS seconds,
                 count(DISTINCT incident_id)::int AS cases
          FROM line WHERE until IS NOT NULL GROUP BY state, wait_reason) AS t) AS "timeInState",
       ${binned('acknowledged_at - created_at', 'picked', 'previous_id IS NOT NULL AND acknowledged_at IS NOT NULL')} AS "pickUp",
       ${binned('at - first_reported_at', 'ended', 'true')} AS "duration",
       ${binned(
         'coalesce(received_at, created_at) - first_reported_at',
         'picked',
         // An import is taken in long after it happened: that says nothing of delivery.
         'previous_id IS NULL AND imported_batch IS NULL',
       )} AS "delivery"`,
  );
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY has one row.');
  return {
    ...(row as unknown as StatusReportRow),
    pickUp: histogramOf(row.pickUp as Binned),
    duration: histogramOf(row.duration as Binned),
    delivery: histogramOf(row.delivery as Binned),
  };
}

/** Bin 0 is what is longer than the last bound. */
function histogramOf(binned: Binned): Histogram {
  const counts = new Map<number, number>();
  for (const { bin, count } of binned) {
    const upTo = histogramBounds[Math.min(histogramBounds.length - bin, histogramBounds.length - 1)] ?? 0;
    counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  }
  const bins = [...counts].sort(([a], [b]) => a - b).map(([upTo, count]) => ({ upTo, count }));
  return { count: bins.reduce((sum, { count }) => sum + count, 0), bins };
}
