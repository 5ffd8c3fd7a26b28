/**
 * npm run bench [-- part of a name …]
 *
 * Runs each *.bench.ts here, one after another and each in a process of its own, prints the JSON lines they print, and
 * ends with the machine and one table a benchmark. A benchmark that fails or prints no figure fails the run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Row = Readonly<Record<string, unknown>>;

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort();
if (files.length === 0) throw new Error(`There is no benchmark named ${wanted.join(' or ')} in ${folder}.`);

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  coreCount: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  at: new Date().toISOString(),
};
console.log(JSON.stringify({ machine }));

const tables = new Map<string, readonly Row[]>();
for (const file of files) {
  const { rows, code } = await run(file);
  tables.set(file, rows);
  if (code !== 0 || rows.length === 0) {
    console.error(`${file} ended with exit code ${code} and ${rows.length} figures.`);
    process.exitCode = 1;
  }
}

console.log(
  `\n${machine.cpu}, ${machine.coreCount} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.at}`,
);
for (const [file, rows] of tables) {
  console.log(`\n${file}`);
  console.table(rows);
}

async function run(file: string): Promise<{ rows: Row[]; code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', `${folder}${file}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // As services run: outside production graphql checks at every value which copy of it is in use.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const rows: Row[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const row = line.startsWith('{') ? (JSON.parse(line) as Row) : undefined;
    if (row) rows.push(flat(row));
  }
  const [code] = await ended;
  return { rows, code };
}

/** A table has one level: `latencyMs: { p50 }` becomes `latencyMs.p50`. */
function flat(row: Row, prefix = ''): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flat(value as Row, `${prefix}${key}.`))
        : [[`${prefix}${key}`, value] as const],
    ),
  );
}
