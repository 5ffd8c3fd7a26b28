import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Walks every import below a folder laid out like this repository and tells which rules of .dependency-cruiser.mjs they
 * break. Run as a program it checks this repository: `npm run check:imports`.
 */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Cruise {
  readonly moduleCount: number;
  /** Why each rule is there, for whoever breaks it. */
  readonly comments: ReadonlyMap<string, string>;
  readonly violations: readonly Violation[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folders = ['gateway', 'subgraphs', 'schema', 'clients', 'test'];

export function cruise(folder: string = root): Cruise {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const found = folders.filter((name) => existsSync(join(folder, name)));
  const run = spawnSync(
    process.execPath,
    [program, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...found],
    { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no report:\n${run.stdout}${run.stderr}`);
  const { summary } = JSON.parse(run.stdout) as {
    summary: {
      totalCruised: number;
      ruleSetUsed: { forbidden: { name: string; comment: string }[] };
      violations: { rule: { name: string }; from: string; to: string }[];
    };
  };
  // Under TypeScript 7 alone it sees no module, finds nothing and is content.
  if (summary.totalCruised === 0) throw new Error(`dependency-cruiser saw no module in ${found.join(', ') || folder}.`);
  return {
    moduleCount: summary.totalCruised,
    comments: new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment])),
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { moduleCount, comments, violations } = cruise();
  for (const { rule, from, to } of violations) console.error(`${rule}: ${from} → ${to}\n  ${comments.get(rule)}`);
  console.log(`${moduleCount} modules, ${violations.length} imports against the rules.`);
  if (violations.length > 0) process.exitCode = 1;
}
