import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Fails when what is printed from code is not what stands in the repository. Run by `npm run check:printed`: it prints
 * everything anew, compares, and puts back what it found, so that a check changes nothing.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));

export const printedFiles: readonly string[] = [
  'clients/sdk/error-codes.ts',
  'clients/sdk/graphql-env.d.ts',
  'schema/errors/ERRORS.md',
  'schema/lifecycles/README.md',
  'schema/subgraphs/hub.graphql',
  'schema/subgraphs/participant.graphql',
  'schema/subgraphs/registry.graphql',
  'schema/supergraph.graphql',
  'schema/vocabulary/trust-vectors.json',
];

const read = () => printedFiles.map((path) => readFileSync(`${root}${path}`, 'utf8'));
const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: root, encoding: 'utf8' });

const before = read();
const generate = run('npm', 'run', '--silent', 'generate');
const after = read();
for (const [index, path] of printedFiles.entries()) {
  if (after[index] !== before[index]) writeFileSync(`${root}${path}`, before[index] as string);
}

const problems = [
  ...(generate.status === 0 ? [] : [`npm run generate failed:\n${generate.stdout}${generate.stderr}`]),
  ...printedFiles
    .filter((_, index) => after[index] !== before[index])
    .map((path) => `${path} is not what npm run generate prints.`),
  ...printedFiles
    .filter((path) => run('git', 'ls-files', '--error-unmatch', path).status !== 0)
    .map((path) => `${path} is not in git.`),
];
for (const problem of problems) console.error(problem);
console.log(`${printedFiles.length} printed files, ${problems.length} problems.`);
if (problems.length > 0) process.exitCode = 1;
