/** Which variables a fetch is sent, under which names. */
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
