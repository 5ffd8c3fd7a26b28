/** The history of incidents in pages; the pages of many incidents that one step asks for are one statement. */

import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import DataLoader from 'dataloader';
import type { TimelineEntry } from '../domain/incident.ts';
import { decodeCursor, encodeCursor } from './cursor-bytes.ts';

export interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  readonly hasNextPage: boolean;
}
export interface TimelineKey {
  readonly incidentId: string;
  readonly first: number;
  /** The number of the entry after which the page begins. */
  readonly after: number;
}

/** The list byte of these cursors; the orders of incidents have others. */
const LIST = 0x20;

export const timelineCursor = (entry: TimelineEntry): string =>
  encodeCursor(LIST, [{ kind: 'text', text: String(entry.n).padStart(10, '0') }], false);

export function afterEntry(cursor: string | null | undefined): number {
  if (cursor == null) return 0;
  const [part] = decodeCursor(cursor, LIST, ['text'], false);
  return part?.kind === 'text' && /^\d{10}$/.test(part.text) ? Math.min(Number(part.text), 2 ** 31 - 1) : 0;
}

const PAGES = {
  name: 'timeline-pages',
  text: `
    SELECT asked.place::int AS place, found.*
    FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS asked(id, after, first, place)
    CROSS JOIN LATERAL (
      SELECT incident_id AS "incidentId", n, event, state, wait_reason AS "waitReason", team_id AS "teamId", at,
             recorded_at AS "recordedAt", by_participant AS "byParticipant", role, text
      FROM timeline WHERE incident_id = asked.id AND n > asked.after ORDER BY n LIMIT asked.first + 1
    ) AS found
    ORDER BY place, n`,
};

export function createTimelineLoader(pool: Pool): DataLoader<TimelineKey, TimelinePage, string> {
  return new DataLoader<TimelineKey, TimelinePage, string>(
    async (keys) => {
      const { rows } = await pool.query<TimelineEntry & { place: number }>({
        ...PAGES,
        values: [keys.map((key) => key.incidentId), keys.map((key) => key.after), keys.map((key) => key.first)],
      });
      const pages: TimelineEntry[][] = keys.map(() => []);
      for (const { place, ...entry } of rows) pages[place - 1]?.push(entry);
      return keys.map(({ first }, index) => {
        const entries = pages[index] ?? [];
        return { entries: entries.slice(0, first), hasNextPage: entries.length > first };
      });
    },
    { cacheKeyFn: ({ incidentId, first, after }) => `${incidentId}/${first}/${after}` },
  );
}
