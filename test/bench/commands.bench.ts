/**
 * What commands cost one participant's process, without HTTP: whole lives of incidents, one after the other in each of
 * `width` callers, and handovers to another participant until the receipt. CPU of Node and of PostgreSQL are apart.
 * Prints JSON, one line a scenario. node --import tsx test/bench/commands.bench.ts [seconds]
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createStamper } from '@kortelijn/kit/feed/stamper.ts';
import { launchScratch } from '@kortelijn/kit/postgres/scratch.ts';
import { createCommands } from '@kortelijn/participant/commands/command.ts';
import { createNetwork } from '@kortelijn/participant/commands/desks.fixture.ts';
import type { CommandInputs, CommandName } from '@kortelijn/participant/commands/inputs.ts';

const seconds = Number(process.argv[2] ?? 5);
await using server = await launchScratch();
await using net = createNetwork(server);
const here = await net.add('benchhere');
const there = await net.add('benchthere');
await using stamper = createStamper(here.pool);
const caller = here.caller('SERVICEDESK');
const command = createCommands({
  ...here.desk,
  committed: (wrote) => {
    stamper.touch();
    here.desk.committed(wrote);
  },
});

let carriedOut = 0;
async function go<Name extends CommandName>(name: Name, input: Omit<CommandInputs[Name], 'commandId'>) {
  const result = await command(name, { commandId: randomUUID(), ...input } as CommandInputs[Name], caller);
  if (!('incidentId' in result) && !('noteId' in result)) throw new Error(`${name}: ${JSON.stringify(result)}`);
  carriedOut++;
  return result;
}

async function started(): Promise<string> {
  const what = { service: 'delen', title: `Delen is traag ${carriedOut}`, description: 'x'.repeat(300) };
  const reported = await go('reportIncident', { ...what, impact: 'HIGH', urgency: 'MEDIUM' });
  const incidentId = reported.kind === 'IncidentSent' ? reported.linkId : '';
  await go('acknowledgeIncident', { incidentId });
  await go('startIncident', { incidentId });
  return incidentId;
}

async function live(): Promise<void> {
  const incidentId = await started();
  await go('waitIncident', { incidentId, reason: 'USER' });
  await go('resumeIncident', { incidentId });
  await go('addNote', { incidentId, text: 'Een notitie' });
  await go('resolveIncident', { incidentId, solution: 'Herstart', resolution: 'NORMAL' });
  await go('confirmIncident', { incidentId });
}

async function handOver(): Promise<void> {
  const incidentId = await started();
  await go('handOverIncident', { incidentId, to: there.me, reason: 'Hoort daar' });
}

/** Of every backend of these databases, in milliseconds; only where there is a /proc. */
function postgresCpuMs(): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!/bench(here|there)/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) continue;
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It ended while it was looked at.
    }
  }
  return ticks * 10;
}

async function measure(scenario: string, width: number, work: () => Promise<void>, after?: () => Promise<void>) {
  carriedOut = 0;
  const [startedAt, node, postgres] = [performance.now(), process.cpuUsage(), postgresCpuMs()];
  const until = startedAt + seconds * 1_000;
  const callers = Array.from({ length: width }, async () => {
    while (performance.now() < until) await work();
  });
  await Promise.all(callers);
  await after?.();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(node);
  const per = (whole: number) => Math.round((whole / carriedOut) * 1_000) / 1_000;
  const figures = {
    commands: carriedOut,
    commandsPerSecond: Math.round((carriedOut / ms) * 1_000),
    nodeCpuMs: per((user + system) / 1_000),
    postgresCpuMs: per(postgresCpuMs() - postgres),
  };
  console.log(JSON.stringify({ scenario, width, ...figures }));
}

for (let warm = 0; warm < 40; warm++) await live();
for (const width of [1, 4, 8]) await measure('whole lives', width, live);
await measure('handed over, receipts included', 4, handOver, () => net.settled());
