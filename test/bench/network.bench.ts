/**
 * The whole demo network: how soon it is ready, what every process holds (PSS), and what the hub spends per request
 * over the whole path from `admit` to the printed answer, cold (each document new) and warm, at least 1,000 of each.
 * Prints JSON, one line a figure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createNetwork } from '../network/network.ts';
import { report } from '../network/scenario.ts';

const requestCount = 1_000;
const inFlight = 8;
const line = (row: Record<string, unknown>) => console.log(JSON.stringify(row));
const rounded = (value: number, digits = 1) => Number(value.toFixed(digits));

const startedAt = performance.now();
// Measured as services run, in production, where demo identities must be allowed in words.
await using network = await createNetwork({ env: { identity: { ALLOW_DEMO_IDENTITIES: 'yes' } } });
line({ figure: 'ready', seconds: rounded((performance.now() - startedAt) / 1000), processCount: 10 });

const desk = network.as('fictiviteit/desk');
for (let index = 0; index < 60; index++) {
  const about = network.participants[index % network.participants.length]?.id;
  await report(desk, { title: `Meting ${index}`, ...(about === 'fictiviteit' ? {} : { about }) });
}

/** A document nobody sent before: its aliases and page size are its own. */
const cold = (index: number) =>
  `{ p${index}: incidents(first: ${1 + (index % 20)}) { nodes { id a${index}: title state owner { name } } coverage { complete parties { participant { name } outcome } } } }`;
const warm = `query Board($first: Int!, $text: String) { incidents(first: $first, filter: { text: $text }) { nodes { id title state owner { name } } coverage { complete parties { participant { name } outcome } } } }`;

await measure('scatter over 7 endpoints, every document new', (index) => desk.ask(cold(index)));
await measure('scatter over 7 endpoints, one document, variables vary', (index) =>
  desk.ask(warm, { first: 1 + (index % 20), text: `Meting ${index % 50}` }),
);
await measure('mutation at one participant', (index) => report(desk, { title: `Meting ${index}` }));
for (const [name, bytes] of proportionalSetSizes())
  line({ figure: 'memory', process: name, pssMb: rounded(bytes / 2 ** 20) });
line({
  figure: 'memory of the whole network',
  pssMb: rounded([...proportionalSetSizes().values()].reduce((total, bytes) => total + bytes, 0) / 2 ** 20),
});

async function measure(what: string, ask: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < 50; index++) await ask(requestCount + index);
  const hub = network.process('gateway').pid ?? 0;
  const cpuBefore = cpuMs(hub);
  const began = performance.now();
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < requestCount; index = next++) {
      const sentAt = performance.now();
      await ask(index);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  times.sort((a, b) => a - b);
  line({
    figure: what,
    requests: requestCount,
    perSecond: rounded((requestCount * 1000) / (performance.now() - began), 0),
    hubCpuMsPerRequest: rounded((cpuMs(hub) - cpuBefore) / requestCount, 2),
    p50Ms: rounded(times[Math.floor(times.length * 0.5)] ?? 0),
    p95Ms: rounded(times[Math.floor(times.length * 0.95)] ?? 0),
  });
}

/** User and system time of a process: Linux only, as is the PSS below. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What a process holds, with shared pages divided among those who share them. */
function proportionalSetSizes(): ReadonlyMap<string, number> {
  const names = ['gateway', 'identity', 'registry', ...network.participants.map(({ id }) => id)];
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(name, pss(network.process(name).pid ?? 0));
  const postmaster = postmasterOfThisNetwork();
  if (postmaster !== undefined) {
    for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      if (Number(pid) === postmaster || parentOf(pid) === postmaster) {
        sizes.set('postgres', (sizes.get('postgres') ?? 0) + pss(Number(pid)));
      }
    }
  }
  return sizes;
}

function pss(pid: number): number {
  const found = /^Pss:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`));
  return Number(found?.[1] ?? 0) * 1024;
}

function parentOf(pid: string): number {
  return Number(readIfThere(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1]);
}

/** The server whose backends serve this network's databases: it is the parent of the one that names `linde`. */
function postmasterOfThisNetwork(): number | undefined {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (/^postgres: kortelijn \S*linde /.test(readIfThere(`/proc/${pid}/cmdline`))) return parentOf(pid);
  }
  return undefined;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
