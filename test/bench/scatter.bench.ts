/**
 * Hub CPU per answered participant in a scatter over 6 and over 100 endpoints: route, seal, send, read, parse, hold
 * against the contract, merge. Endpoints run in other processes; 1,000 distinct variables. Prints JSON, one line each.
 *
 * `warm`: one caller, whose assertions are kept. `cold`: a new caller each time, so each answer pays for a signature.
 * node --import tsx test/bench/scatter.bench.ts [requests]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createAssertionSigner } from '@kortelijn/gateway/identity/assertion.ts';
import { createProof } from '@kortelijn/gateway/identity/prove.ts';
import { createSeals } from '@kortelijn/gateway/identity/seal.ts';
import { createSnapshot } from '@kortelijn/gateway/partition/directory-snapshot.ts';
import { createPartition } from '@kortelijn/gateway/partition/partition.ts';
import { cursorKeys } from '@kortelijn/gateway/partition/sealed-cursor.ts';
import type { Caller } from '@kortelijn/gateway/transport/caller.ts';
import { createTransport } from '@kortelijn/gateway/transport/transport.ts';
import { Pool } from 'undici';
import { benchParticipant } from './scatter-names.ts';

const requestsAsked = Number(process.argv[2] ?? 1_000);
const page =
  'query($text: String) { incidents(first: 20, orderBy: CREATED_ASC, filter: {text: $text}) { nodes { id title state priority createdAt owner { __typename id } } pageInfo { hasNextPage endCursor } coverage { complete asked answered parties { participant { __typename id } outcome } } } }';
const count =
  'query($text: String) { incidentCount(filter: {text: $text}) { value coverage { complete asked answered } } }';

const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
const jwk = (curve: 'ed25519' | 'x25519') =>
  (curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')).privateKey.export({
    format: 'jwk',
  }) as JsonWebKey;

interface Scenario {
  readonly endpoints: number;
  readonly query: 'page of 20' | 'count';
  readonly callers: 'warm' | 'cold';
  readonly atOnce: number;
}

async function run({ endpoints, query, callers, atOnce }: Scenario): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./scatter-endpoints.ts', import.meta.url)), String(endpoints)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    await measure(child, { endpoints, query, callers, atOnce });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function measure(child: ChildProcess, { endpoints, query, callers, atOnce }: Scenario): Promise<void> {
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const urls = JSON.parse(line.toString()) as string[];
  const now = Date.now;
  const agree = jwk('x25519');
  const snapshot = createSnapshot(
    1,
    '',
    urls.map((endpoint, index) => ({
      id: benchParticipant(index),
      name: benchParticipant(index),
      kind: 'OTHER',
      accessionState: 'ACTIVE' as const,
      endpoint,
      keys: { sign: [], agree: [{ kty: 'OKP', crv: 'X25519', x: agree.x ?? '' }] },
    })),
  );
  const seals = createSeals({
    agreeKey: jwk('x25519'),
    agreeKeysOf: (name) => snapshot.find(name)?.keys.agree ?? [],
    now,
  });
  await using transport = createTransport({
    now,
    urlOf: (name) => new URL(snapshot.find(name)?.endpoint ?? ''),
    seal: createProof(createAssertionSigner(jwk('ed25519')), seals),
    settings: { attemptMs: 20_000, hedgeAfterMs: 10_000, inFlightMax: 10_000 },
  });
  const sdl = readFileSync(new URL('../../schema/subgraphs/participant.graphql', import.meta.url), 'utf8');
  const keys = cursorKeys([Buffer.alloc(32, 1)]);
  const fetch = createPartition({ sdl, directory: () => snapshot, send: transport.send, cursorKeys: () => keys, now });

  const caller = (index: number): Caller => ({
    kind: 'subject',
    participant: benchParticipant(0),
    subject: callers === 'warm' ? 'joris' : `person-${index}`,
    roles: ['SERVICEDESK'],
    scopes: [],
  });
  const fixed = caller(0);
  const document = query === 'count' ? count : page;
  const ask = async (index: number) => {
    const { data, errors } = await fetch(
      { document, operationKind: 'query', variables: { text: `word ${index % 1_000}` }, entities: [] },
      {
        authority: callers === 'warm' ? fixed : caller(index),
        deadlineMs: now() + 30_000,
        requestId: String(index),
        traceId: 'bench',
      },
    );
    const [answer] = Object.values(data ?? {}) as { coverage: { answered: number; complete: boolean } }[];
    if (errors.length > 0 || answer?.coverage.answered !== endpoints) {
      throw new Error(`Expected ${endpoints} answers, found ${JSON.stringify([answer?.coverage, errors[0]])}.`);
    }
  };
  const many = async (from: number, requests: number) => {
    let next = from;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < from + requests) await ask(next++);
      }),
    );
  };

  const pools = urls.map((url) => new Pool(new URL(url).origin, { connections: 64 }));
  const body = JSON.stringify({ query: document, variables: { text: 'word' } });
  const bare = async () => {
    await Promise.all(
      pools.map(async (pool) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body });
        JSON.parse(await answer.body.text());
      }),
    );
  };

  const requests = Math.max(50, Math.round((requestsAsked * 6) / endpoints));
  const answers = requests * endpoints;
  await many(1_000_000, Math.ceil(requests / 4));
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await many(0, requests);
  const { user, system } = process.cpuUsage(before);
  const wallMsPerRequest = ((performance.now() - startedAt) * atOnce) / requests;
  for (let index = 0; index < requests / 4; index += 1) await bare();
  const beforeBare = process.cpuUsage();
  for (let index = 0; index < requests; index += 1) await bare();
  const bareCpu = process.cpuUsage(beforeBare);
  await Promise.all(pools.map((pool) => pool.destroy()));
  console.log(
    JSON.stringify({
      bench: 'scatter',
      endpoints,
      query,
      callers,
      atOnce,
      requests,
      answers,
      hubCpuMsPerAnswer: round((user + system) / 1_000 / answers),
      // The same bodies sent and parsed with nothing else: no seal, no checks, no merge.
      bareCpuMsPerAnswer: round((bareCpu.user + bareCpu.system) / 1_000 / answers),
      wallMsPerRequest: round(wallMsPerRequest),
      ...machine,
    }),
  );
}

const round = (value: number) => Math.round(value * 1_000) / 1_000;

for (const endpoints of [6, 100]) {
  for (const query of ['page of 20', 'count'] as const) {
    for (const callers of ['warm', 'cold'] as const) await run({ endpoints, query, callers, atOnce: 4 });
  }
}
