import { print } from '@0no-co/graphql.web';

/**
 * A document that knows the types of its result and variables: of `graphql` in this package, of gql.tada with another
 * setup, or of any generator that makes a TypedDocumentNode or a typed string.
 */
export type TypedDocument<Result, Variables> = (string | DocumentNode) & {
  readonly __apiType?: (variables: Variables) => Result;
};

/** As graphql and gql.tada make it; here it is only printed. */
export interface DocumentNode {
  readonly kind: 'Document';
  readonly definitions: readonly object[];
}

const printed = new WeakMap<object, string>();

export function textOf(document: string | DocumentNode): string {
  if (typeof document === 'string') return document;
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document as Parameters<typeof print>[0]);
    printed.set(document, text);
  }
  return text;
}
