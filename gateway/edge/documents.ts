/** Parses and validates documents, once for each text. What stands in the store has passed every limit. */
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { hubError } from '../errors.ts';
import { createLru } from '../supergraph/lru.ts';
import type { Limits } from './limits.ts';
import { measure } from './measure.ts';
import { scan } from './scan.ts';
import { documentHash } from './trusted-documents.ts';

export type Checked =
  | { readonly document: DocumentNode; readonly hash: string }
  | { readonly refusals: readonly GraphQLError[] };

export interface Documents {
  check(text: string): Checked;
  /** A document that passed before, by the SHA-256 of its text in hexadecimal. */
  find(hash: string): DocumentNode | undefined;
}

const documentCountMax = 2_000;
const validationErrorCountMax = 10;

export function createDocuments(schema: GraphQLSchema, limits: Limits): Documents {
  const passed = createLru<DocumentNode>(documentCountMax);
  return {
    check(text) {
      // A text that is too long is not even hashed.
      if (text.length > limits.documentCharactersMax)
        return { refusals: [scan(text, limits)].filter((one) => one !== undefined) };
      const hash = documentHash(text);
      const known = passed.get(hash);
      if (known !== undefined) return { document: known, hash };
      const checked = check(text, schema, limits);
      if ('refusals' in checked) return checked;
      passed.set(hash, checked.document);
      return { document: checked.document, hash };
    },
    find: (hash) => passed.get(hash),
  };
}

function check(
  text: string,
  schema: GraphQLSchema,
  limits: Limits,
): { readonly document: DocumentNode } | { readonly refusals: readonly GraphQLError[] } {
  const tooMuch = scan(text, limits);
  if (tooMuch !== undefined) return { refusals: [tooMuch] };
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: limits.tokenCountMax });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { refusals: [coded('GRAPHQL_PARSE_FAILED', error)] };
  }
  const tooLarge = measure(document, limits);
  if (tooLarge !== undefined) return { refusals: [tooLarge] };
  const errors = validate(schema, document, undefined, { maxErrors: validationErrorCountMax });
  if (errors.length > 0) return { refusals: errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error)) };
  return { document };
}

/** "Did you mean" would tell the schema to who is guessing at it. */
function coded(code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED', error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ ?Did you mean .+?\?/g, '');
  const made = hubError(code, message, { nodes: error.nodes });
  return error.nodes === undefined && error.source !== undefined
    ? new GraphQLError(message, { source: error.source, positions: error.positions, extensions: made.extensions })
    : made;
}
