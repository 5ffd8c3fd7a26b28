/** Incidents of every kind, made from a seed: the same seed makes the same rows. */
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { newId, type ParticipantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { formatReference } from '@kortelijn/schema/vocabulary/reference.ts';
import type { Incident } from '../domain/incident.ts';
import { searchColumns } from './search-text.ts';

/** mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const OTHERS = ['denkbeeld', 'fictiviteit', 'gedachte'] as const;
export const WORDS = ['Inloggen', 'Portaal', 'Éénmalig', 'koppeling', '100%', 'a_b', 'traag'] as const;
const SERVICES = ['Verzamelen', 'Delen'] as const;
const STATES = [
  'REPORTED',
  'ACKNOWLEDGED',
  'IN_PROGRESS',
  'WAITING',
  'HANDED_OVER',
  'RESOLVED',
  'CLOSED',
  'CANCELLED',
] as const;
const IMPACTS = ['LOW', 'MEDIUM', 'HIGH', 'MAJOR'] as const;
const STARTED = Date.parse('2026-03-01T08:00:00.000Z');

export function makeIncidents(count: number, random: () => number, me = 'linde'): readonly Incident[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const maybe = <T>(value: T): T | null => (random() < 0.5 ? value : null);
  const bytes = (into: Uint8Array) => into.map(() => Math.floor(random() * 256));
  return Array.from({ length: count }, (_, index) => {
    // Few moments for many rows, so that ties are common.
    const createdAt = new Date(STARTED + Math.floor(random() * count) * 60_000);
    const id = newId(me as ParticipantId, 'inc', createdAt.getTime(), bytes);
    const reporter = pick([me, ...OTHERS]);
    const involved = [...new Set([me, reporter, ...OTHERS.filter(() => random() < 0.25)])].sort();
    const state = pick(STATES);
    const rank = 1 + Math.floor(random() * 5);
    const inNetwork = random() < 0.4;
    const at = (minutes: number) => new Date(createdAt.getTime() + minutes * 60_000);
    const previous = maybe(newId(pick(OTHERS) as ParticipantId, 'inc', createdAt.getTime(), bytes));
    const handedOverTo = state === 'HANDED_OVER' ? pick(OTHERS) : null;
    return {
      id,
      reference: formatReference({ participant: me as ParticipantId, year: 2026, counter: index + 1 }),
      referenceYear: 2026,
      chainId: previous ?? id,
      service: pick(SERVICES),
      teamId: maybe(`${me}:tm_${id.slice(id.indexOf('_') + 1)}`),
      reporter,
      title: `${pick(WORDS)} ${pick(WORDS)}`,
      description: maybe(`${pick(WORDS)} geheim`),
      impact: pick(IMPACTS),
      urgency: 'MEDIUM',
      priority: `P${rank}` as Incident['priority'],
      priorityRank: rank,
      state,
      waitReason: state === 'WAITING' ? 'USER' : null,
      waitingFor: null,
      waitUntil: null,
      resolution: null,
      solution: null,
      previousId: previous,
      nextId: handedOverTo && newId(handedOverTo as ParticipantId, 'inc', createdAt.getTime(), bytes),
      handedOverTo,
      handoverReason: handedOverTo && 'hoort daar',
      handedOverAt: handedOverTo && at(30),
      deliveredAt: null,
      pickedUpAt: null,
      handoverEnvelopeId: null,
      receivedFrom: previous ? pick(OTHERS) : null,
      receivedAt: previous ? createdAt : null,
      networkIncidentId: inNetwork
        ? newId('voorbeeld' as ParticipantId, 'net', STARTED, () => new Uint8Array(10))
        : null,
      networkIncidentState: inNetwork ? pick(['CANDIDATE', 'PROMOTED', 'DEMOTED'] as const) : null,
      involved,
      holders: [me],
      pingPong: random() < 0.1,
      firstReportedAt: at(-60),
      reopenedCount: Math.floor(random() * 2),
      createdAt,
      updatedAt: at(Math.floor(random() * 500)),
      acknowledgedAt: random() < 0.5 ? at(10) : null,
      resolvedAt: null,
      closedAt: null,
      importedBatch: null,
      recordedAt: null,
      version: 1 + Math.floor(random() * 4),
    } satisfies Incident;
  });
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Any rows of any table, by the names of the domain. */
export async function insertRows(pool: Pool, table: string, rows: readonly object[]): Promise<void> {
  const named = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value])));
  await pool.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(named),
  ]);
}

export async function insertIncidents(pool: Pool, incidents: readonly Incident[]): Promise<void> {
  await insertRows(
    pool,
    'incident',
    incidents.map((row) => ({ ...row, ...searchColumns(row) })),
  );
}
