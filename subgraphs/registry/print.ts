/** Prints the SDL of this subgraph into the contract: node --import tsx subgraphs/registry/print.ts */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { printSubgraphSchema } from '@apollo/subgraph';
import { schema } from './schema.ts';

export const sdlFile = new URL('../../schema/subgraphs/registry.graphql', import.meta.url);
export const printSdl = () => `${printSubgraphSchema(schema).trim()}\n`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(sdlFile, printSdl());
