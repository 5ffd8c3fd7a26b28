import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNetwork, type Network, type Party } from '../commands/desks.fixture.ts';
import { done, report, run } from '../commands/said.fixture.ts';

/**
 * Three participants hand incidents to and fro, several chains at once, over a wire that loses envelopes, loses their
 * receipts and repeats them. Whatever the order of all that: in the end every chain has one living record.
 */
let server: PostgresServer;
let net: Network;
let parties: readonly Party[];
beforeAll(async () => {
  server = await launchScratch();
  net = createNetwork(server, Date.parse('2026-05-20T08:00:00.000Z'));
  parties = await Promise.all(['linde', 'denkbeeld', 'fictiviteit'].map((name) => net.add(name)));
});
afterAll(async () => {
  await net[Symbol.asyncDispose]();
  await server.stop();
});

interface Row {
  readonly id: string;
  readonly state: string;
  readonly chain_id: string;
  readonly previous_id: string | null;
  readonly next_id: string | null;
  readonly handed_over_to: string | null;
  readonly delivered_at: Date | null;
  readonly holders: string[];
  readonly involved: string[];
  readonly version: number;
}

const rowsOf = async (chains: readonly string[]): Promise<readonly Row[]> => {
  const all = parties.map(({ pool }) => pool.query('SELECT * FROM incident WHERE chain_id = ANY($1)', [chains]));
  return (await Promise.all(all)).flatMap(({ rows }) => rows as Row[]);
};
const partyOf = (id: string) => parties.find(({ me }) => id.startsWith(`${me}:`)) as Party;

/** Where a chain lives now; waits while it is on its way. */
async function livingRecord(chain: string): Promise<Row> {
  for (;;) {
    const living = (await rowsOf([chain])).filter(({ state }) => state !== 'HANDED_OVER');
    expect(living.length).toBeLessThanOrEqual(1);
    if (living[0]) return living[0];
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Fate = 'arrives' | 'lost' | 'receipt lost' | 'twice';
const fates = fc.array(fc.constantFrom<Fate>('arrives', 'arrives', 'lost', 'receipt lost', 'twice'), {
  minLength: 1,
  maxLength: 30,
});
const moves = fc.array(fc.record({ chain: fc.nat(2), by: fc.nat(1), reject: fc.boolean(), part: fc.boolean() }), {
  minLength: 4,
  maxLength: 14,
});

async function move(chain: string, { by, reject, part }: { by: number; reject: boolean; part: boolean }) {
  const incidentId = (await livingRecord(chain)).id;
  const here = partyOf(incidentId);
  const others = parties.filter((party) => party !== here);
  const to = (others[by] as Party).me;
  if (part) {
    // Somebody joins: earlier holders must hear of it.
    const wait = { incidentId, reason: 'OTHER_PARTY', waitingFor: to } as const;
    if ((await run(here, 'waitIncident', wait)).kind === 'IncidentChanged')
      await run(here, 'resumeIncident', { incidentId });
  }
  if (
    reject &&
    (await run(here, 'rejectIncidentOwnership', { incidentId, suggestedOwner: to, reason: 'Nee' })).kind ===
      'IncidentSent'
  )
    return;
  await run(here, 'acknowledgeIncident', { incidentId });
  await run(here, 'startIncident', { incidentId });
  done('IncidentSent', await run(here, 'handOverIncident', { incidentId, to, reason: 'Hoort daar' }));
}

test('one record of every chain lives, each handover has both its ends, and all who hold rows know who is involved', async () => {
  await fc.assert(
    fc.asyncProperty(moves, fates, async (steps, wireFates) => {
      let passage = 0;
      net.wire.passage = async (deliver) => {
        const fate = wireFates[passage++ % wireFates.length];
        // A wire that loses everything for ever proves nothing: after a while it is mended.
        if (passage > 200 || fate === 'arrives') return deliver();
        if (fate === 'lost') throw new Error('lost on the way there');
        const receipt = await deliver();
        if (fate === 'receipt lost') throw new Error('lost on the way back');
        await deliver();
        return receipt;
      };
      const chains = await Promise.all(parties.map((party) => report(party)));
      await Promise.all(
        chains.map(async (chain, index) => {
          for (const step of steps) if (step.chain === index) await move(chain, step);
        }),
      );
      await net.settled();

      const rows = await rowsOf(chains);
      for (const chain of chains) {
        const records = rows.filter(({ chain_id }) => chain_id === chain);
        const living = records.filter(({ state }) => state !== 'HANDED_OVER');
        expect(living).toHaveLength(1);
        for (const record of records) {
          expect(record.involved).toEqual(living[0]?.involved);
          if (record.state !== 'HANDED_OVER') continue;
          const next = records.filter(({ id }) => id === record.next_id);
          expect(next).toMatchObject([{ previous_id: record.id, holders: [...record.holders, record.handed_over_to] }]);
          expect(record.delivered_at).not.toBeNull();
        }
        expect(records.filter(({ previous_id }) => previous_id === null)).toHaveLength(1);
      }
      for (const { pool } of parties) {
        const feed = await pool.query(
          `SELECT subject_id, array_agg((keys->>'version')::int ORDER BY id) AS versions FROM outbox
           WHERE keys ? 'version' GROUP BY subject_id`,
        );
        // Every change is in the feed once, in the order of its versions.
        for (const { versions } of feed.rows)
          expect(versions).toEqual(versions.map((_: number, index: number) => index + 1));
      }
    }),
    { numRuns: 8 },
  );
}, 120_000);
