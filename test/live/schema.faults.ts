/** F18: a newer supergraph is published while boards run, then two that cannot be served. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNetwork, type Network } from '../network/network.ts';
import { report, until } from '../network/scenario.ts';
import { expectEqualToQuery, expectNothingLost, expectUnbroken, keepWorking, seed, settle, watch } from './boards.ts';

const participants = ['linde', 'denkbeeld'];
const published = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const sentence = 'A member organisation of the network.';
const folder = mkdtempSync(join(tmpdir(), 'kortelijn-schema-'));
const file = join(folder, 'supergraph.graphql');

let network: Network;
beforeAll(async () => {
  writeFileSync(file, published);
  network = await createNetwork({ participants, seed, env: { gateway: { SUPERGRAPH_FILE: file } } });
  await report(network.as('linde/desk'), { affected: participants });
});
afterAll(async () => {
  await network?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const told = async (): Promise<string> => {
  const { data } = await network.as('linde/desk').ask('{ __type(name: "Participant") { description } }');
  return data?.__type.description;
};

it('F18: boards go on under a newer schema, and one that cannot be served changes nothing', async () => {
  expect(published).toContain(sentence);
  await using watching = await watch(network, ['linde/desk', 'denkbeeld/desk', 'denkbeeld/manager']);
  const { watchers } = watching;
  const work = keepWorking({ as: network.as, participants });

  const newer = 'Somebody of the network.';
  writeFileSync(file, published.replaceAll(sentence, newer));
  await until(told, (description) => description === newer, 'the newer schema to be served');

  const refusedCount = () =>
    readFileSync(join(network.dataDir, 'logs', 'gateway.log'), 'utf8').split('schema.refused').length - 1;
  writeFileSync(file, 'type Query {');
  await until(
    async () => refusedCount(),
    (count) => count === 1,
    'a supergraph that is none to be refused',
  );
  writeFileSync(file, published.replaceAll('incidentByReference', 'incidentUnderAnotherName'));
  await until(
    async () => refusedCount(),
    (count) => count === 2,
    'a supergraph that lacks a field to be refused',
  );
  expect(await told()).toBe(newer);

  await work.stop();
  await settle(watchers);
  await expectEqualToQuery(network, watchers);
  await expectNothingLost(network, watching);
  expectUnbroken(watchers);
  // Nobody had to come back.
  expect(watchers.map(({ board }) => board.openedAt.length)).toEqual([1, 1, 1]);
});
