/** What can be said of the document of a webhook without the schema: that it is one subscription, and not endless. */
import { GraphQLError, Kind, parse } from 'graphql';
import { invalidInput, type Refusal } from '../domain/refusal.ts';

const CHARACTERS_MAX = 20_000;
const TOKENS_MAX = 2_000;

export function refuseDocument(
  document: string | null | undefined,
  documentId: string | null | undefined,
): Refusal | undefined {
  const refuse = (path: string, message: string) => invalidInput('DOCUMENT_NOT_A_STREAM', path, message);
  if ((document == null) === (documentId == null)) {
    return refuse('input.document', 'Expected either `document` or `documentId`, found both or neither.');
  }
  if (document == null) {
    const isHash = /^[0-9a-f]{64}$/.test(documentId ?? '');
    return isHash
      ? undefined
      : refuse('input.documentId', 'Expected the SHA-256 of a trusted document, in hexadecimal.');
  }
  if (document.length > CHARACTERS_MAX) {
    return refuse('input.document', `Expected at most ${CHARACTERS_MAX} characters, found ${document.length}.`);
  }
  // Whether it fits the schema and is not too costly is for the hub, each time it opens the stream.
  try {
    const operations = parse(document, { maxTokens: TOKENS_MAX, noLocation: true }).definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    );
    const kinds = operations.map(({ operation }) => operation).join(', ');
    return kinds === 'subscription'
      ? undefined
      : refuse('input.document', `Expected one subscription, found ${kinds || 'none'}.`);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return refuse('input.document', `Expected GraphQL: ${error.message}`);
  }
}
