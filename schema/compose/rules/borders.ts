import {
  type Contract,
  directive,
  isKeyed,
  isNonNull,
  isOwner,
  namedType,
  possibleTypes,
  rootTypes,
} from '../contract.ts';

/**
 * The planner cannot see a border between two participants: a field typed as an entity is planned inside one fetch, and
 * another party's data would silently become null. So a reference that may cross is a link, and what surely stays with
 * the same participant says so with @local.
 */
export function borders(contract: Contract): string[] {
  return [...unmarked(contract), ...entitiesInRegistry(contract), ...ownerless(contract), ...notNullable(contract)];
}

function unmarked({ subgraphs: { participant } }: Contract): string[] {
  const problems: string[] = [];
  for (const type of participant.types.values()) {
    // A root field is routed by its own directive.
    if (type.kind === 'INPUT' || rootTypes.includes(type.name)) continue;
    for (const field of type.fields) {
      if (directive(field, 'local')) continue;
      const crossing = possibleTypes(participant, namedType(field.type)).filter((name) => {
        const target = participant.types.get(name);
        return isOwner(participant, name) && target && !directive(target, 'replicated');
      });
      if (crossing.length > 0) {
        problems.push(
          `${field.path} returns ${crossing.join(', ')} of participant: return a link, or mark it @local when it always belongs to the same participant.`,
        );
      }
    }
  }
  return problems;
}

function entitiesInRegistry({ subgraphs: { participant, registry } }: Contract): string[] {
  return [...registry.types.values()]
    .filter(({ name }) => isKeyed(registry, name) && isOwner(participant, name))
    .map(({ name }) => `${name} belongs to participants and stands as an entity in registry: refer to it by a link.`);
}

/** A reference without an owner would be planned to nowhere. */
function ownerless({ subgraphs }: Contract): string[] {
  const all = Object.values(subgraphs);
  return all.flatMap((subgraph) =>
    [...subgraph.types.values()]
      .filter(({ name }) => isKeyed(subgraph, name) && !all.some((other) => isOwner(other, name)))
      .map(({ name }) => `${name} in ${subgraph.name} is a reference that no subgraph resolves.`),
  );
}

/** Whoever owns what lies behind a border may be silent. Only the hub, in process, always answers. */
function notNullable({ subgraphs }: Contract): string[] {
  return Object.values(subgraphs).flatMap((subgraph) =>
    [...subgraph.types.values()]
      .filter(({ kind }) => kind === 'OBJECT')
      .flatMap(({ fields }) => fields)
      .filter((field) => isNonNull(field.type) && crosses(subgraph.name, namedType(field.type)))
      .map((field) => `${field.path} in ${subgraph.name} crosses a border and so must be nullable.`),
  );
  function crosses(from: keyof Contract['subgraphs'], typeName: string): boolean {
    if (!isKeyed(subgraphs[from], typeName) || isOwner(subgraphs[from], typeName)) return false;
    return !isOwner(subgraphs.hub, typeName);
  }
}
