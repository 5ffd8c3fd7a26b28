/** The conformance kit: our own endpoint keeps every rule, and each rule that is broken is named by its check. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type CheckCommand, check } from '@kortelijn/cli/check/check.ts';
import { allChecks } from '@kortelijn/cli/check/checks/all-checks.ts';
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMutant } from './mutant-proxy.ts';
import { mutants } from './mutants.ts';
import { createOwnEndpoint, type OwnEndpoint } from './own-endpoint.ts';

let endpoint: OwnEndpoint;

beforeAll(async () => {
  endpoint = await createOwnEndpoint();
});
afterAll(() => endpoint?.[Symbol.asyncDispose]());

async function run(changed: Partial<CheckCommand> = {}) {
  const written: string[] = [];
  const told: string[] = [];
  const output = { write: (line: string) => written.push(line), tell: (line: string) => told.push(line) };
  const code = await check({ ...endpoint.command, ...changed }, output);
  return { code, written, told: told.join('\n') };
}

interface Said {
  readonly id: string;
  readonly level: string;
  readonly outcome: string;
}

async function judged(changed: Partial<CheckCommand> = {}) {
  const { code, written } = await run({ ...changed, json: true });
  const report = JSON.parse(written[0] ?? '');
  return { code, report, checks: report.checks as readonly Said[] };
}

test('our own endpoint passes every check of the conformance kit', async () => {
  const file = join(dirname(endpoint.command.keys), 'report.json');
  const { code, report, checks } = await judged({ report: file });
  expect(checks.filter(({ outcome }) => outcome !== 'PASS')).toEqual([]);
  expect(checks.map(({ id }) => id)).toEqual(allChecks.map(({ id }) => id));
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(report).toMatchObject({ verdict: 'CONFORM', endpoint: 'linde' });
  expect(code).toBe(0);
  // What a signature is made over: the one canonical form, without a byte more.
  expect(await readFile(file, 'utf8')).toBe(canonicalJson(report));
});

test('without leave to write nothing is broken, nothing is made, and nobody is called conform', async () => {
  const { code, checks } = await judged({ write: false });
  expect(checks.filter(({ outcome }) => outcome === 'FAIL')).toEqual([]);
  const isJudged = (id: string) => checks.find((each) => each.id === id)?.outcome;
  expect([isJudged('CK-TRUST-4'), isJudged('CK-LIST-2')]).toEqual(['PASS', 'PASS']);
  expect([isJudged('CK-CMD-1'), isJudged('CK-ENV-1')]).toEqual(['NOT_JUDGED', 'NOT_JUDGED']);
  expect(code).toBe(3);
});

test('what is not there cannot be judged, and wrong use is said as such', async () => {
  const free = createServer();
  const port = await new Promise<number>((resolve) =>
    free.listen(0, '127.0.0.1', () => resolve((free.address() as { port: number }).port)),
  );
  await new Promise((resolve) => free.close(resolve));
  const nobody = await run({ url: `http://127.0.0.1:${port}/graphql` });
  expect(nobody).toMatchObject({ code: 3, written: [] });
  expect(nobody.told).toContain('ECONNREFUSED');
  expect(await run({ url: 'no address' })).toMatchObject({ code: 2, written: [] });
  expect((await run({ keys: endpoint.command.participantKeys })).told).toContain('JWK');
  const { sender: _sender, ...half } = endpoint.command;
  expect(await check(half, { write: () => {}, tell: () => {} })).toBe(2);
});

describe.concurrent('a mutant of our own endpoint', () => {
  for (const { that, caughtBy, also = [], break: broken } of mutants) {
    test(`${caughtBy} names an endpoint that ${that}, and no other rule is called broken`, async () => {
      await using mutant = await createMutant(endpoint, broken(endpoint));
      const { code, checks } = await judged({ url: mutant.url });
      const isFailed = ({ level, outcome }: Said) => level === 'MUST' && outcome === 'FAIL';
      const failed = checks.filter(isFailed).map(({ id }) => id);
      expect(failed).toContain(caughtBy);
      expect(failed.filter((id) => id !== caughtBy && !also.includes(id))).toEqual([]);
      expect(code).toBe(1);
    });
  }
});
