import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Change, compare, heaviest, type Weight } from './compare.ts';

/**
 * npm run compare -- OLD.graphql NEW.graphql   two files
 * npm run compare -- --against main            the contract in the work tree with that of a git reference
 *
 * Prints each change with its weight. Exit code 0: safe only; 1: dangerous; 2: breaking; 64: wrong use.
 */
const exitCodes: Readonly<Record<Weight, number>> = { SAFE: 0, DANGEROUS: 1, BREAKING: 2 };
const schemaFolder = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({ options: { against: { type: 'string' } }, allowPositionals: true });
const [oldFile, newFile] = positionals;

if (values.against !== undefined && positionals.length === 0) {
  const reference = values.against;
  const names = ['hub', 'participant', 'registry'].map((name) => `subgraphs/${name}.graphql`);
  report(
    names.flatMap((name) => compare(atReference(reference, name), readFileSync(`${schemaFolder}${name}`, 'utf8'))),
  );
} else if (oldFile !== undefined && newFile !== undefined && positionals.length === 2) {
  report(compare(readFileSync(oldFile, 'utf8'), readFileSync(newFile, 'utf8')));
} else {
  console.error('Give two files, or --against and a git reference.');
  process.exitCode = 64;
}

function report(changes: readonly Change[]): void {
  for (const { weight, message } of changes) console.log(`${weight.padEnd(9)} ${message}`);
  const weight = heaviest(changes);
  console.log(`${changes.length} changes, ${changes.length === 0 ? 'none' : `at most ${weight.toLowerCase()}`}.`);
  process.exitCode = exitCodes[weight];
}

function atReference(reference: string, path: string): string {
  const shown = spawnSync('git', ['show', `${reference}:schema/${path}`], { cwd: schemaFolder, encoding: 'utf8' });
  if (shown.status !== 0) throw new Error(`There is no schema/${path} at ${reference}: ${shown.stderr.trim()}`);
  return shown.stdout;
}
