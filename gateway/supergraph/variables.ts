/** Which variables a fetch is sent, under which names. */
import { type DocumentNode, Kind, visit } from 'graphql';
import type { DecidedOperation } from './operation.ts';

export interface VariableNames {
  /** The consumer's name of a variable that the plan knows under another name. */
  original(planned: string): string;
}

export function selectVariables(
  usages: readonly string[] | undefined,
  names: VariableNames,
): (variables: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const selected = (usages ?? []).map((planned) => [planned, names.original(planned)] as const);
  return (variables) => {
    // Names are the consumer's: without a prototype none of them is special.
    const chosen: Record<string, unknown> = Object.create(null);
    for (const [planned, original] of selected) {
      if (Object.hasOwn(variables, original)) chosen[planned] = variables[original];
    }
    return chosen;
  };
}

export interface RenamedVariables extends VariableNames {
  apply(document: DocumentNode): DocumentNode;
}

/** The planner names variables of its own; a consumer's variable of such a name is planned under another. */
export function renameVariables(operation: DecidedOperation): RenamedVariables {
  const given = (operation.definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  const originals = new Map<string, string>();
  const renamed = new Map<string, string>();
  for (const name of given) {
    if (name !== 'representations' && !name.startsWith('__batch_reps')) continue;
    let planned = `consumer_${name}`;
    while (given.includes(planned) || originals.has(planned)) planned = `consumer_${planned}`;
    originals.set(planned, name);
    renamed.set(name, planned);
  }
  return {
    original: (planned) => originals.get(planned) ?? planned,
    apply: (document) =>
      renamed.size === 0
        ? document
        : visit(document, {
            Variable: (variable) => {
              const planned = renamed.get(variable.name.value);
              return planned === undefined ? undefined : { ...variable, name: { kind: Kind.NAME, value: planned } };
            },
          }),
  };
}
