/**
 * Looks at the tokens of a document before it is parsed: how many there are and how deep they nest.
 * The parser calls itself per level, so a deep document must be refused before it.
 */
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { hubError } from '../errors.ts';
import type { Limits } from './limits.ts';

const opening = new Set<string>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<string>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Brackets nest a little deeper than fields: arguments and input objects stand inside them. */
const bracketDepthFactor = 2;

export function scan(text: string, limits: Limits): GraphQLError | undefined {
  if (text.length > limits.documentCharactersMax) {
    return hubError(
      'TOO_MANY_TOKENS',
      `Expected at most ${limits.documentCharactersMax} characters in a document, found ${text.length}.`,
    );
  }
  const depthMax = limits.depthMax * bracketDepthFactor;
  const lexer = new Lexer(new Source(text));
  let tokenCount = 0;
  let directiveCount = 0;
  let depth = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (++tokenCount > limits.tokenCountMax) {
        return hubError(
          'TOO_MANY_TOKENS',
          `Expected at most ${limits.tokenCountMax} tokens in a document, found more.`,
        );
      }
      if (token.kind === TokenKind.AT && ++directiveCount > limits.directiveCountMax) {
        return hubError(
          'TOO_MANY_DIRECTIVES',
          `Expected at most ${limits.directiveCountMax} directives in a document, found more.`,
        );
      }
      if (opening.has(token.kind) && ++depth > depthMax) {
        return hubError(
          'TOO_DEEP',
          `Expected fields at most ${limits.depthMax} deep, found brackets nested ${depth} deep.`,
        );
      }
      if (closing.has(token.kind)) depth--;
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return hubError('GRAPHQL_PARSE_FAILED', error.message);
  }
  return undefined;
}
