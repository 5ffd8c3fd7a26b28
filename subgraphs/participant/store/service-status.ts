/** The state of this participant's services; what nobody has reported for too long is not known. */
import type { ServiceStatus } from '../generated/prisma/client.ts';

export type ServiceLevel = 'OPERATIONAL' | 'DEGRADED' | 'PARTIAL_OUTAGE' | 'MAJOR_OUTAGE' | 'MAINTENANCE' | 'UNKNOWN';

export interface ServiceStatusView {
  readonly id: string;
  readonly service: string;
  readonly level: ServiceLevel;
  readonly asOf: Date | null;
  readonly note: string | null;
}

export interface ReportRhythm {
  /** How often a service is reported. */
  readonly everyMs: number;
  /** After how many missed reports nothing is known. */
  readonly missedMax: number;
}

export const defaultRhythm: ReportRhythm = { everyMs: 5 * 60_000, missedMax: 3 };

export function statusView(row: ServiceStatus, nowMs: number, { everyMs, missedMax }: ReportRhythm): ServiceStatusView {
  const known = row.asOf !== null && nowMs - row.asOf.getTime() < everyMs * missedMax;
  return {
    id: row.id,
    service: row.service,
    level: known ? (row.level as ServiceLevel) : 'UNKNOWN',
    asOf: row.asOf,
    note: known ? row.note : null,
  };
}
