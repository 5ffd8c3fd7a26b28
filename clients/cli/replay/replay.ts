/** `kortelijn replay`: a real incident log through the hub, and the table that compares what the hub then knows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createHub, type ProgramClient, type ProgramCredentials, readCredentials } from '../program-client.ts';
import { type BoardsVerdict, openBoards } from './boards.ts';
import { collectCourses } from './collect.ts';
import { courseWithout } from './course.ts';
import { registerTeamDocument, statusReport } from './documents.ts';
import { type Figures, figures } from './figures.ts';
import { type Ledger, openLedger, type TraceOutcome } from './ledger.ts';
import { lineOf, type Player, playerOf, players, teamName } from './organisations.ts';
import { progress } from './progress.ts';
import { readLog, type Trace } from './read-log.ts';
import { run } from './run.ts';
import { markdown, type Row, table } from './table.ts';

export interface ReplayOptions {
  readonly file: string;
  /** The replay's own network and ledger. */
  readonly data: string;
  readonly port: number;
  /** Another hub's GraphQL address; then `programs` names the credentials to use there. */
  readonly into?: string;
  readonly programs?: string;
  readonly limit?: number;
  readonly concurrency: number;
  /** How many boards are open meanwhile. */
  readonly boards?: number;
  readonly report?: string;
  readonly json: boolean;
}

const networkMain = fileURLToPath(new URL('../../../test/network/dev.ts', import.meta.url));
const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Answers 0 when every row is equal or explained, 1 when one is not. */
export async function replay(options: ReplayOptions): Promise<number> {
  const all = await readLog(options.file);
  const traces = options.limit === undefined ? all : all.slice(0, options.limit);
  const folder = resolve(options.data);
  mkdirSync(folder, { recursive: true });
  const own = options.into === undefined ? await startNetwork(folder, options.port) : undefined;
  const hubUrl = options.into ?? own?.url ?? '';
  const hub = createHub(hubUrl, options.concurrency);
  const stopping = new AbortController();
  const interrupt = () => {
    say('\nStopping; the same command goes on from here.');
    stopping.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    const credentials = readCredentials(options.programs ?? join(folder, 'programs.json'));
    const clients = new Map<Player, ProgramClient>();
    const importers = new Map<Player, ProgramCredentials>();
    for (const player of players) {
      const found = credentials.find(({ participant, scope }) => participant === player && scope.includes('import'));
      if (found === undefined)
        throw new Error(`Expected credentials of a program of ${player} with scope import, found none`);
      clients.set(player, hub.program(found));
      importers.set(player, found);
    }
    const ledger = openLedger(join(folder, 'replay'));
    const teamId = await registerTeams(traces, clients, ledger);
    await using boards =
      options.boards === undefined
        ? undefined
        : openBoards({
            count: options.boards,
            hubUrl,
            credentials: importers,
            signal: stopping.signal,
          });
    if (boards !== undefined) say(`Opening ${options.boards} boards …`);
    await boards?.ready;
    const spent = await send(traces, clients, ledger, teamId, options, stopping.signal);
    if (stopping.signal.aborted) return 1;
    const verdict = await boards?.judge(clients);
    return await judge({
      traces,
      clients,
      ledger,
      options,
      spent,
      boards: verdict,
      complete: options.limit === undefined,
    });
  } finally {
    process.removeListener('SIGINT', interrupt);
    await hub.close();
    await own?.stop();
  }
}

async function send(
  traces: readonly Trace[],
  clients: ReadonlyMap<Player, ProgramClient>,
  ledger: Ledger,
  teamId: (player: Player, team: string) => string,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<{ events: number; seconds: number }> {
  const left = traces.filter(({ id }) => ledger.outcomeOf(id) === undefined);
  const events = left.reduce((total, trace) => total + trace.events.length, 0);
  if (left.length < traces.length)
    say(`${traces.length - left.length} incidents were replayed before; ${left.length} to go.`);
  const meter = progress(events, say);
  await run({
    traces,
    clients,
    teamId,
    ledger,
    concurrency: options.concurrency,
    batch: ledger.batch,
    onEvent: meter.tick,
    signal,
  });
  const seconds = meter.end();
  return { events, seconds };
}

async function registerTeams(traces: readonly Trace[], clients: ReadonlyMap<Player, ProgramClient>, ledger: Ledger) {
  const teams = new Map<string, { player: Player; name: string; line: number; organisationLine: string }>();
  for (const { events } of traces) {
    for (const event of events) {
      const player = playerOf(event.organisationLine);
      const name = teamName(event);
      teams.set(`${player} ${name}`, {
        player,
        name,
        line: lineOf(event.team),
        organisationLine: event.organisationLine,
      });
    }
  }
  say(`Registering ${teams.size} teams …`);
  const ids = new Map<string, string>();
  for (const [key, { player, ...team }] of teams) {
    const commandId = createHash('sha256').update(`${ledger.salt} team ${key}`).digest('hex').slice(0, 32);
    const answer = await clients.get(player)?.ask(registerTeamDocument, { input: { commandId, ...team } });
    const id = answer?.data?.result?.team?.id as string | undefined;
    if (id === undefined) throw new Error(`Expected team ${key} to be registered, got ${JSON.stringify(answer)}`);
    ids.set(key, id);
  }
  return (player: Player, team: string): string => {
    const id = ids.get(`${player} ${team}`);
    if (id === undefined) throw new Error(`Expected a team ${team} of ${player} to be registered`);
    return id;
  };
}

interface Judging {
  readonly traces: readonly Trace[];
  readonly clients: ReadonlyMap<Player, ProgramClient>;
  readonly ledger: Ledger;
  readonly options: ReplayOptions;
  readonly spent: { readonly events: number; readonly seconds: number };
  readonly boards: BoardsVerdict | undefined;
  readonly complete: boolean;
}

async function judge({ traces, clients, ledger, options, spent, boards, complete }: Judging): Promise<number> {
  say('Reading everything back from the hub …');
  const courses = await collectCourses(clients, ledger.batch, (count) => say(`  ${count} incidents`));
  const outcomes = new Map(traces.map(({ id }) => [id, ledger.outcomeOf(id) as TraceOutcome]));
  const found: Figures = { ...figures(courses), shares: await sharesFromReport(clients) };
  const recomputed = figures(
    traces.map((trace) => courseWithout(trace, outcomes.get(trace.id) ?? { refused: [], unlike: [] })),
  );
  const rows = table(found, recomputed, complete);
  const text = report(rows, outcomes, spent, boards, options);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ rows, refused: kinds(outcomes, 'refused'), unlike: kinds(outcomes, 'unlike'), spent, boards })}\n`,
    );
  else process.stdout.write(`${text}\n`);
  if (options.report !== undefined) {
    mkdirSync(dirname(resolve(options.report)), { recursive: true });
    writeFileSync(options.report, `${text}\n`);
  }
  const isComplete = boards === undefined || (boards.complete === boards.boards && boards.doubled === 0);
  return isComplete && !rows.some(({ verdict }) => verdict === 'NOT EXPLAINED') ? 0 : 1;
}

/** Each program reads the report of its own participant, which covers all of that one's incidents. */
async function sharesFromReport(clients: ReadonlyMap<Player, ProgramClient>): Promise<Record<string, number>> {
  const seconds = new Map<string, number>();
  for (const [player, client] of clients) {
    const { data, errors } = await client.ask(statusReport, { participants: [player] });
    const times = data?.statusReport?.timeInState as
      | { state: string; waitReason: string | null; seconds: number }[]
      | undefined;
    if (times === undefined) throw new Error(`Expected a status report of ${player}, got ${JSON.stringify(errors)}`);
    for (const time of times) {
      if (time.state === 'HANDED_OVER') continue;
      const label = time.waitReason === null ? time.state : `${time.state} ${time.waitReason}`;
      seconds.set(label, (seconds.get(label) ?? 0) + time.seconds);
    }
  }
  const all = [...seconds.values()].reduce((total, one) => total + one, 0);
  return Object.fromEntries([...seconds].map(([label, one]) => [label, (100 * one) / all]));
}

function kinds(outcomes: ReadonlyMap<string, TraceOutcome>, which: 'refused' | 'unlike'): [string, number][] {
  const counted = new Map<string, number>();
  for (const outcome of outcomes.values()) {
    for (const { kind } of outcome[which]) counted.set(kind, (counted.get(kind) ?? 0) + 1);
  }
  return [...counted].sort(([, a], [, b]) => b - a);
}

function report(
  rows: readonly Row[],
  outcomes: ReadonlyMap<string, TraceOutcome>,
  spent: Judging['spent'],
  boards: BoardsVerdict | undefined,
  options: ReplayOptions,
): string {
  const commands = [...outcomes.values()].reduce((total, one) => total + one.commands, 0);
  const digest = createHash('sha256').update(readFileSync(options.file)).digest('hex');
  const list = (counted: [string, number][]) =>
    counted.length === 0 ? ['- none'] : counted.map(([kind, count]) => `- ${count} × ${kind}`);
  const rate =
    spent.seconds === 0
      ? 'all sent by an earlier start'
      : `${(spent.events / spent.seconds).toFixed(0)} events a second`;
  return [
    '# Replay of a real incident log',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}.`,
    '',
    `Log: Steeman, W. (2013), *BPI Challenge 2013, incidents*, 4TU.ResearchData; sha256 \`${digest}\`.`,
    `Sent: ${outcomes.size} incidents, ${commands} commands; in the last start ${spent.events} events in ${spent.seconds.toFixed(0)} s, ${rate}.`,
    '',
    markdown(rows),
    '',
    ...(boards === undefined ? [] : [boardsLine(boards), '']),
    'Events of which the hub refused a command, by kind:',
    '',
    ...list(kinds(outcomes, 'refused')),
    '',
    'Events whose state has no counterpart in the lifecycle at that point (the incident is IN_PROGRESS there):',
    '',
    ...list(kinds(outcomes, 'unlike')),
  ].join('\n');
}

function boardsLine({ boards, complete, changes, doubled, gaps, wrong }: BoardsVerdict): string {
  const line = `${boards} boards followed by event stream: ${complete} hold what a query answers; ${changes} changes taken, ${doubled} doubled, ${gaps} gaps.`;
  return [line, ...wrong.map((one) => `- ${one}`)].join('\n');
}

async function startNetwork(data: string, port: number): Promise<{ url: string; stop(): Promise<void> }> {
  say(`Starting a network of its own in ${data} …`);
  const runtime = 'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx'];
  const child = spawn(
    process.execPath,
    [...runtime, networkMain, '--empty', '--json', '--data', data, '--port', String(port)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      // In a group of its own, so that Ctrl-C reaches us alone and we stop the network in order.
      detached: true,
    },
  );
  const url = await new Promise<string>((resolveUrl, reject) => {
    child.once('exit', (code) => reject(new Error(`Expected the network to start, it ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) resolveUrl((JSON.parse(line) as { url: string }).url);
    });
  });
  return { url, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}
