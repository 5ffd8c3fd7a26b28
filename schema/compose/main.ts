import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compose, subgraphNames } from './compose.ts';
import type { SubgraphName } from './contract.ts';

/**
 * node --import tsx schema/compose/main.ts [--check] [--draft]
 *
 * Writes supergraph.graphql, or exits 1 naming all that stands in the way. `--check` writes nothing and also fails when
 * the file would change. `--draft` lets missing descriptions pass while a subgraph is being written.
 */
const { values } = parseArgs({ options: { check: { type: 'boolean' }, draft: { type: 'boolean' } } });
const file = (path: string) => new URL(`../${path}`, import.meta.url);

const sdl = Object.fromEntries(
  subgraphNames.map((name) => [name, readFileSync(file(`subgraphs/${name}.graphql`), 'utf8')]),
) as Record<SubgraphName, string>;
const composition = compose(sdl, values.draft ? ['descriptions'] : []);

if (!composition.ok) {
  for (const { rule, message } of composition.problems) console.error(`${rule}: ${message}`);
  console.error(`\nThe contract does not compose: ${composition.problems.length} problems.`);
  process.exitCode = 1;
} else if (!values.check) {
  writeFileSync(file('supergraph.graphql'), composition.supergraph);
} else if (readFileSync(file('supergraph.graphql'), 'utf8') !== composition.supergraph) {
  console.error('supergraph.graphql is not what the subgraphs compose to: run npm run generate and commit it.');
  process.exitCode = 1;
}
