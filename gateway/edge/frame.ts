/**
 * A result as text. The results of a group are the same object for all its connections, so the text is made once and
 * goes with the object.
 */
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import { formatError } from './format-error.ts';

const texts = new WeakMap<ExecutionResult, string>();

export function textOf(result: ExecutionResult): string {
  let text = texts.get(result);
  if (text === undefined) {
    text = JSON.stringify(formatResult(result));
    texts.set(result, text);
  }
  return text;
}

export function formatResult(result: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = result;
  return errors === undefined ? rest : { ...rest, errors: errors.map((error) => formatError(error.toJSON())) };
}
