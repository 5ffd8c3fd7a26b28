/**
 * Prints what this package knows of the contract: the types of the public schema, and the codes of the hub.
 * Run by `npm run generate`; `npm run check:printed` fails when the files are not what this prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { outputIntrospectionFile } from '@gql.tada/internal';
import { errorCodes } from '@kortelijn/schema/errors/codes.ts';
import { transformSupergraphToPublicSchema } from '@theguild/federation-composition';
import { buildASTSchema, introspectionFromSchema, parse } from 'graphql';

const supergraph = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const publicSchema = buildASTSchema(transformSupergraphToPublicSchema(parse(supergraph)), { assumeValidSDL: true });
const printedTypes = outputIntrospectionFile(introspectionFromSchema(publicSchema), {
  fileType: '.d.ts',
  shouldPreprocess: true,
  preamble: '/** Printed by print.ts from the supergraph: the public schema as types. */',
});
// What follows would set up gql.tada for every program that imports this package; it may have a schema of its own.
const [types = ''] = printedTypes.split("\nimport * as gqlTada from 'gql.tada'");
if (/declare module/.test(types))
  throw new Error('Expected types of the schema alone, found a declaration of a module.');

const codes = Object.entries(errorCodes);
const metBy = (retryable: boolean) =>
  codes.filter(([, code]) => (code.place === 'request' || code.place === 'party') && code.retryable === retryable);
const list = (name: string, about: string, found: readonly (readonly [string, unknown])[]) =>
  `/** ${about} */\nexport const ${name} = [\n${found.map(([code]) => `  '${code}',\n`).join('')}] as const;\n`;

const files = {
  'graphql-env.d.ts': `${types.trimEnd()}\n`,
  'error-codes.ts': [
    '/** Printed by print.ts from the contract. What each code means and what to do stands in schema/errors/ERRORS.md. */\n',
    list('retryableCodes', 'The same request, unchanged, may succeed later.', metBy(true)),
    list('finalCodes', 'The same request, unchanged, gets the same answer.', metBy(false)),
    '/** Why a rule said no: `code` of NotAllowed and InvalidInput, `reason` of an available action. */',
    `export type RuleCode =\n${codes
      .filter(([, { place }]) => place === 'rule')
      .map(([code]) => `  | '${code}'`)
      .join('\n')};\n`,
  ].join('\n'),
};
for (const [path, text] of Object.entries(files)) writeFileSync(new URL(path, import.meta.url), text);
