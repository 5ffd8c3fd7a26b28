/** By what two subscriptions are the same: what they ask, and for whom the answer is the same. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '@kortelijn/schema/interpret/canonical.ts';
import { type DocumentNode, Kind, type OperationDefinitionNode, print, visit } from 'graphql';
import { type Caller, callerKey } from '../../transport/caller.ts';
import type { Reader } from '../judge.ts';

export interface Asked {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function groupKey(reader: Reader, binding: string, { document, operation, variables }: Asked): string {
  const parts = [
    callerKey(reader),
    binding,
    canonicalJson(withoutAfter(operation, variables)),
    operation.name?.value ?? '',
    documentKey(document),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** Everybody of one participant with the same roles and scopes: a source then knows no person. */
export function classOf({
  participant,
  roles,
  program,
  scopes,
  purpose,
}: Extract<Caller, { kind: 'subject' }>): Reader {
  return {
    kind: 'class',
    participant,
    roles: [...roles].sort(),
    scopes: [...scopes].sort(),
    ...(program !== undefined && { program }),
    ...(purpose !== undefined && { purpose }),
  };
}

/** Line breaks and comments make no other selection. */
const documentKeys = new WeakMap<DocumentNode, string>();

function documentKey(document: DocumentNode): string {
  let key = documentKeys.get(document);
  if (key === undefined) {
    key = createHash('sha256').update(print(document)).digest('base64url');
    documentKeys.set(document, key);
  }
  return key;
}

/** Where one goes on is not what one asks for: the variable of `after` counts only where it is used elsewhere too. */
function withoutAfter(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const root = operation.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  const value = root?.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return variables;
  let uses = 0;
  visit(operation.selectionSet, {
    Variable({ name }) {
      if (name.value === value.name.value) uses += 1;
    },
  });
  if (uses > 1) return variables;
  const { [value.name.value]: _after, ...others } = variables;
  return others;
}
