/**
 * Names under which the planner knows the subgraphs.
 *
 * @NOTE router-query-planner 0.0.38 visits subgraphs in the order of their names, and finds no way from an
 * @interfaceObject to a type behind the interface when the subgraph with the object comes before the one that
 * defines the interface. Where a supergraph has such objects, it gets names that sort the other way round.
 */
import { type ConstDirectiveNode, type DocumentNode, Kind, print, visit } from 'graphql';

export interface PlannerNames {
  /** The SDL for the planner; undefined when it can take the supergraph as it is. */
  readonly sdl: string | undefined;
  /** The subgraph's own name. */
  original(name: string): string;
}

export function plannerNames(supergraph: DocumentNode): PlannerNames {
  const before = definersByObjectSubgraph(supergraph);
  if (before.size === 0) return { sdl: undefined, original: (name) => name };
  const ranked = rank(graphNames(supergraph), before);
  const originals = new Map<string, string>();
  const sdl = print(
    visit(supergraph, {
      EnumValueDefinition(value) {
        const position = ranked.indexOf(value.name.value);
        if (position === -1) return;
        return {
          ...value,
          directives: value.directives?.map((directive) =>
            directive.name.value === 'join__graph' ? renamed(directive, position, originals) : directive,
          ),
        };
      },
    }),
  );
  return { sdl, original: (name) => originals.get(name) ?? name };
}

function renamed(directive: ConstDirectiveNode, position: number, originals: Map<string, string>): ConstDirectiveNode {
  return {
    ...directive,
    arguments: directive.arguments?.map((argument) => {
      if (argument.name.value !== 'name' || argument.value.kind !== Kind.STRING) return argument;
      const original = argument.value.value;
      const value = `${String(position).padStart(4, '0')}_${original}`;
      originals.set(value, original);
      return { ...argument, value: { ...argument.value, value } };
    }),
  } as ConstDirectiveNode;
}

/** For each subgraph with interface objects, the subgraphs that define those interfaces. */
function definersByObjectSubgraph(supergraph: DocumentNode): Map<string, Set<string>> {
  const before = new Map<string, Set<string>>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const joins = (node.directives ?? []).filter((directive) => directive.name.value === 'join__type');
    const definers = joins.filter((join) => !isInterfaceObject(join)).map(graphOf);
    for (const join of joins.filter(isInterfaceObject)) {
      const known = before.get(graphOf(join)) ?? new Set();
      for (const definer of definers) known.add(definer);
      before.set(graphOf(join), known);
    }
  }
  return before;
}

/** Each subgraph after those it must follow; a circle is broken where it is met. */
function rank(graphs: readonly string[], before: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const ranked: string[] = [];
  const visited = new Set<string>();
  const place = (graph: string): void => {
    if (visited.has(graph)) return;
    visited.add(graph);
    for (const earlier of before.get(graph) ?? []) place(earlier);
    ranked.push(graph);
  };
  graphs.forEach(place);
  return ranked;
}

function graphNames(supergraph: DocumentNode): string[] {
  const graphs = supergraph.definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  return graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []).map(({ name }) => name.value).sort() : [];
}

function graphOf(join: ConstDirectiveNode): string {
  const graph = join.arguments?.find((argument) => argument.name.value === 'graph')?.value;
  return graph?.kind === Kind.ENUM ? graph.value : '';
}

function isInterfaceObject(join: ConstDirectiveNode): boolean {
  const flag = join.arguments?.find((argument) => argument.name.value === 'isInterfaceObject')?.value;
  return flag?.kind === Kind.BOOLEAN && flag.value;
}
