/**
 * Measures a document before it is validated: depth and number of fields with every fragment spread.
 *
 * A fragment is measured once and its size reused where it is spread, so that this takes linear time even where the
 * spread document would be exponentially large. Validation does not: that is why this comes first.
 */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { hubError } from '../errors.ts';
import type { Limits } from './limits.ts';

interface Size {
  readonly rootFieldCount: number;
  readonly fieldCount: number;
  readonly depth: number;
}

/** Validation looks at every definition, used or not: together they may be this much larger than one operation. */
const definitionsFactor = 4;
/** A hundred fields of one name at one depth; comparing them takes 10 to 20 ms. */
const alikePairCountMax = 10_000;

export function measure(document: DocumentNode, limits: Limits): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const sizes = new Map<string, Size | 'measuring'>();
  let circular: string | undefined;

  const sizeOfFragment = (name: string): Size => {
    const known = sizes.get(name);
    if (known === 'measuring') circular ??= name;
    const fragment = fragments.get(name);
    if (known === 'measuring' || fragment === undefined) return { rootFieldCount: 0, fieldCount: 0, depth: 0 };
    if (known !== undefined) return known;
    sizes.set(name, 'measuring');
    const size = sizeOf(fragment.selectionSet);
    sizes.set(name, size);
    return size;
  };

  const sizeOf = (selectionSet: SelectionSetNode): Size => {
    let rootFieldCount = 0;
    let fieldCount = 0;
    let depth = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet === undefined ? undefined : sizeOf(selection.selectionSet);
        rootFieldCount += 1;
        fieldCount += 1 + (inner?.fieldCount ?? 0);
        depth = Math.max(depth, 1 + (inner?.depth ?? 0));
      } else {
        const inner =
          selection.kind === Kind.FRAGMENT_SPREAD
            ? sizeOfFragment(selection.name.value)
            : sizeOf(selection.selectionSet);
        rootFieldCount += inner.rootFieldCount;
        fieldCount += inner.fieldCount;
        depth = Math.max(depth, inner.depth);
      }
    }
    return { rootFieldCount, fieldCount, depth };
  };

  let allFieldCount = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) {
      return hubError(
        'GRAPHQL_VALIDATION_FAILED',
        'Expected operations and fragments in a document, found a type definition.',
      );
    }
    const isFragment = definition.kind === Kind.FRAGMENT_DEFINITION;
    const size = isFragment ? sizeOfFragment(definition.name.value) : sizeOf(definition.selectionSet);
    if (circular !== undefined) {
      return hubError(
        'GRAPHQL_VALIDATION_FAILED',
        `Expected fragments that end, found "${circular}" spread within itself.`,
      );
    }
    const refusal = isFragment ? tooLarge(size, limits) : (tooLarge(size, limits) ?? tooWide(definition, size, limits));
    if (refusal !== undefined) return refusal;
    allFieldCount += size.fieldCount;
  }
  if (allFieldCount > limits.fieldCountMax * definitionsFactor) {
    return hubError(
      'TOO_MANY_FIELDS',
      `Expected at most ${limits.fieldCountMax * definitionsFactor} fields in all operations and fragments of a document, found ${allFieldCount}.`,
    );
  }
  return tooAlike(document, fragments);
}

/**
 * Validation compares every two fields of one name that may meet in one object, whatever stands below them: that is
 * quadratic, so the number of such pairs is bounded too. Fields of one name at one depth are taken to meet.
 */
function tooAlike(
  document: DocumentNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): GraphQLError | undefined {
  const counts = new Map<string, number>();
  const count = (selectionSet: SelectionSetNode, depth: number): void => {
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = `${depth} ${(selection.alias ?? selection.name).value}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        if (selection.selectionSet !== undefined) count(selection.selectionSet, depth + 1);
      } else {
        const inner = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
        if (inner !== undefined) count(inner.selectionSet, depth);
      }
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    counts.clear();
    count(definition.selectionSet, 0);
    let pairCount = 0;
    for (const alike of counts.values()) pairCount += alike * alike;
    if (pairCount > alikePairCountMax) {
      return hubError(
        'TOO_MANY_FIELDS',
        'Expected each field to be asked for once or a few times, found the same ones many times over.',
      );
    }
  }
  return undefined;
}

function tooLarge({ fieldCount, depth }: Size, limits: Limits): GraphQLError | undefined {
  if (depth > limits.depthMax) {
    return hubError('TOO_DEEP', `Expected fields at most ${limits.depthMax} deep, found ${depth}.`);
  }
  if (fieldCount > limits.fieldCountMax) {
    return hubError(
      'TOO_MANY_FIELDS',
      `Expected at most ${limits.fieldCountMax} fields with all fragments spread, found ${fieldCount}.`,
    );
  }
  return undefined;
}

function tooWide(
  operation: OperationDefinitionNode,
  { rootFieldCount }: Size,
  limits: Limits,
): GraphQLError | undefined {
  if (operation.operation === 'mutation' && rootFieldCount > limits.rootMutationCountMax) {
    return hubError(
      'TOO_MANY_MUTATIONS',
      `Expected at most ${limits.rootMutationCountMax} root mutations, found ${rootFieldCount}.`,
    );
  }
  if (operation.operation === 'subscription' && rootFieldCount > 1) {
    return hubError('TOO_MANY_ROOT_FIELDS', `Expected one root field in a subscription, found ${rootFieldCount}.`);
  }
  if (rootFieldCount > limits.rootFieldCountMax) {
    return hubError(
      'TOO_MANY_ROOT_FIELDS',
      `Expected at most ${limits.rootFieldCountMax} root fields, found ${rootFieldCount}.`,
    );
  }
  return undefined;
}
