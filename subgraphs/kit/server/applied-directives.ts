/** What the contract's directives say of a type or field, wherever a schema made in code or in SDL keeps them. */
import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';

interface Directed {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The arguments of the directive; undefined when it is not applied. */
export function appliedDirective({ astNode, extensions }: Directed, name: string): Record<string, unknown> | undefined {
  const node = astNode?.directives?.find((each) => each.name.value === name);
  if (node) {
    return Object.fromEntries(
      (node.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
    );
  }
  const applied: unknown = extensions.directives;
  if (Array.isArray(applied)) {
    const found = applied.find((each) => each.name === name);
    return found && (found.args ?? {});
  }
  if (typeof applied !== 'object' || applied === null || !Object.hasOwn(applied, name)) return undefined;
  return ((applied as Record<string, unknown>)[name] ?? {}) as Record<string, unknown>;
}
