/** How much the variables of a request hold; stops counting where the limit is reached. */
import type { GraphQLError } from 'graphql';
import { hubError } from '../errors.ts';
import type { Limits } from './limits.ts';

export function measureVariables(variables: unknown, limits: Limits): GraphQLError | undefined {
  if (variables === undefined || variables === null) return undefined;
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    return hubError(
      'BAD_REQUEST',
      `Expected "variables" to be a JSON object, found ${Array.isArray(variables) ? 'a list' : typeof variables}.`,
    );
  }
  const { variableCountMax, variableValueCountMax, variableDepthMax } = limits;
  const topCount = Object.keys(variables).length;
  if (topCount > variableCountMax) {
    return hubError('TOO_MANY_VARIABLES', `Expected at most ${variableCountMax} variables, found ${topCount}.`);
  }
  // Breadth first: the values of one level, then those inside them.
  let level: unknown[] = Object.values(variables);
  let valueCount = 0;
  for (let depth = 1; level.length > 0; depth++) {
    valueCount += level.length;
    if (valueCount > variableValueCountMax) {
      return hubError(
        'TOO_MANY_VARIABLES',
        `Expected at most ${variableValueCountMax} values in all variables, found more.`,
      );
    }
    if (depth > variableDepthMax) {
      return hubError('TOO_DEEP', `Expected variables at most ${variableDepthMax} deep, found deeper ones.`);
    }
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const inner of Object.values(value)) next.push(inner);
      if (next.length > variableValueCountMax) break;
    }
    level = next;
  }
  return undefined;
}
