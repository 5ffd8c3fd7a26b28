import { argument, type Contract, type ContractField, directive, namedType, type Subgraph } from '../contract.ts';

/** The hub holds no list of field names: each root field of `participant` says itself where it goes. */
export function routedRoots({ subgraphs: { participant } }: Contract): string[] {
  const streams = participant.types.get('Subscription')?.fields ?? [];
  const problems = streams
    .filter((field) => !directive(field, 'inaccessible'))
    .map(({ path }) => `${path}: public subscriptions belong to hub; what only the hub follows is @inaccessible.`);
  const roots = ['Query', 'Mutation'].flatMap((name) => participant.types.get(name)?.fields ?? []);
  return [...problems, ...roots.flatMap((field) => judge(participant, field))];
}

function judge(participant: Subgraph, field: ContractField): string[] {
  const [route, scatter] = [directive(field, 'route'), directive(field, 'scatter')];
  if (!route && !scatter) return [`${field.path} has neither @route nor @scatter: the hub would not know whom to ask.`];
  if (route && scatter) return [`${field.path} has both @route and @scatter: one of them goes.`];
  if (!route) return [];
  const by = argument(route, 'by');
  const path = argument(route, 'path');
  if (by === 'CALLER') return path ? [`${field.path} is routed by its caller, so "${path}" would never be read.`] : [];
  if (path === undefined) {
    // What only the hub calls, it addresses to an endpoint itself.
    if (by === 'PARTICIPANT' && directive(field, 'inaccessible')) return [];
    return [`${field.path} is routed by ${by} and names no path to it in its arguments.`];
  }
  const found = typeAt(participant, field, path.split('.'));
  const expected = by === 'REFERENCE' ? 'String' : 'ID';
  if (found === expected) return [];
  return [`${field.path} is routed by ${by} at "${path}": expected ${expected} there, found ${found ?? 'nothing'}.`];
}

function typeAt(participant: Subgraph, field: ContractField, [first, ...rest]: readonly string[]): string | undefined {
  let type = field.arguments.find(({ name }) => name.value === first)?.type;
  for (const step of rest) {
    if (!type) return undefined;
    type = participant.types.get(namedType(type))?.fields.find(({ name }) => name === step)?.type;
  }
  return type && namedType(type);
}
