/** Our own endpoint under the conformance kit: it keeps every rule that it is judged by. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckCommand, check } from '@kortelijn/cli/check/check.ts';
import { allChecks } from '@kortelijn/cli/check/checks/all-checks.ts';
import type { PostgresServer } from '@kortelijn/kit/postgres/launch.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOwnEndpoint, type OwnEndpoint } from './own-endpoint.ts';

let postgres: PostgresServer;
let endpoint: OwnEndpoint;
let folder: string;
let command: CheckCommand;

beforeAll(async () => {
  postgres = await launchScratch();
  endpoint = await createOwnEndpoint(postgres, 'linde');
  folder = await mkdtemp(join(tmpdir(), 'kortelijn-check-keys-'));
  const file = async (name: string, content: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  command = {
    url: endpoint.url,
    name: endpoint.name,
    keys: await file('hub.json', endpoint.hub.json),
    participantKeys: await file('linde.json', endpoint.own.published),
    sender: endpoint.sender.name,
    senderKeys: await file('denkbeeld.json', endpoint.sender.keys.json),
  };
});
afterAll(async () => {
  await endpoint?.[Symbol.asyncDispose]();
  await postgres?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function run(changed: Partial<CheckCommand> = {}) {
  const written: string[] = [];
  const told: string[] = [];
  const code = await check(
    { ...command, ...changed },
    { write: (line) => written.push(line), tell: (line) => told.push(line) },
  );
  return { code, written, told };
}

test('our own endpoint passes every check of the conformance kit', async () => {
  const report = join(folder, 'report.json');
  const { code, written } = await run({ write: true, json: true, report });
  const said = JSON.parse(written[0] ?? '');
  expect(said.checks.filter(({ outcome }: { outcome: string }) => outcome !== 'PASS')).toEqual([]);
  expect(said).toMatchObject({ verdict: 'CONFORM', endpoint: 'linde', checks: { length: allChecks.length } });
  expect(code).toBe(0);
  // What a signature is made over: the one canonical form, without a byte more.
  expect(await readFile(report, 'utf8')).toBe(canonicalJson(said));
});
