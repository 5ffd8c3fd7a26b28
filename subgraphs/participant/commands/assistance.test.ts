import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { expect, test } from 'vitest';
import { createNetwork } from './desks.fixture.ts';
import { count, done, report, run } from './said.fixture.ts';

test('M-12: a question about an incident names one that is there, as far as this participant can know', async () => {
  const server = await launchScratch();
  const net = createNetwork(server);
  const linde = await net.add('linde');
  const denkbeeld = await net.add('denkbeeld');
  const ask = (incidentId: string) => run(linde, 'askAssistance', { of: 'denkbeeld', question: 'En?', incidentId });

  for (const id of [newId(linde.me, 'inc'), newId(linde.me, 'note'), 'linde:inc_1']) {
    expect(await ask(id)).toMatchObject({ kind: 'InvalidInput', code: 'UNKNOWN_ID', path: 'input.incidentId' });
  }
  expect([await count(linde, 'envelope_out'), await count(linde, 'command_log')]).toEqual([0, 0]);

  const own = await report(linde);
  done('AssistanceAsked', await ask(own));
  const elsewhere = newId(participantId('fictiviteit'), 'inc');
  done('AssistanceAsked', await ask(elsewhere));
  await net.settled();
  const { rows } = await denkbeeld.pool.query('SELECT incident_id AS id FROM assistance_request ORDER BY asked_at, id');
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([own, elsewhere]));

  await net[Symbol.asyncDispose]();
  await server.stop();
});
