/**
 * Prints the SDL of this subgraph into the contract. As a program: node --import tsx print.ts [--check], which tells by
 * its exit code whether the printed file is the one that is checked in.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { printSubgraphSchema } from '@apollo/subgraph';
import { createSchema } from './schema.ts';

export const printedFile = fileURLToPath(new URL('../../schema/subgraphs/participant.graphql', import.meta.url));

export const printSdl = (): string => `${printSubgraphSchema(createSchema()).trim()}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!process.argv.includes('--check')) await writeFile(printedFile, printSdl());
  else if ((await readFile(printedFile, 'utf8')) !== printSdl()) {
    console.error(`${printedFile} is not what the subgraph prints. Run: npm run generate`);
    process.exitCode = 1;
  }
}
