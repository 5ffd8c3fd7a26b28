import { buildSchema, findBreakingChanges, findDangerousChanges, type GraphQLSchema, isObjectType } from 'graphql';
import {
  argument,
  type ContractField,
  type ContractType,
  isNonNull,
  readSubgraph,
  rootTypes,
  type Subgraph,
} from './contract.ts';

/**
 * What a change of SDL means for those who are not asked: clients written against the old one, and participants that
 * upgrade later. Safe needs nothing, dangerous needs a thought, breaking needs a new field beside the old.
 */
export type Weight = 'SAFE' | 'DANGEROUS' | 'BREAKING';

export interface Change {
  readonly weight: Weight;
  readonly message: string;
}

export function compare(before: string, after: string): Change[] {
  const [old, now] = [
    buildSchema(before, { assumeValid: true, assumeValidSDL: true }),
    buildSchema(after, { assumeValid: true, assumeValidSDL: true }),
  ];
  const [oldParts, nowParts] = [readSubgraph('participant', before), readSubgraph('participant', after)];
  return [
    ...findBreakingChanges(old, now).map(({ description }) => change('BREAKING', description)),
    ...findDangerousChanges(old, now).map(({ description }) => change('DANGEROUS', description)),
    ...additions(old, now),
    ...lateComers(oldParts, nowParts),
    ...routing(oldParts, nowParts),
  ].sort((a, b) => order.indexOf(b.weight) - order.indexOf(a.weight));
}

export function heaviest(changes: readonly Change[]): Weight {
  return order[Math.max(0, ...changes.map(({ weight }) => order.indexOf(weight)))] as Weight;
}

const order: readonly Weight[] = ['SAFE', 'DANGEROUS', 'BREAKING'];

function change(weight: Weight, message: string): Change {
  return { weight, message: message.endsWith('.') ? message : `${message}.` };
}

/** What is new breaks nobody; it is listed because people want to know it. */
function additions(old: GraphQLSchema, now: GraphQLSchema): Change[] {
  return Object.values(now.getTypeMap()).flatMap((type) => {
    const before = old.getType(type.name);
    if (!before) return [change('SAFE', `${type.name} was added`)];
    if (!isObjectType(type) || !isObjectType(before)) return [];
    const known = before.getFields();
    return Object.values(type.getFields()).flatMap((field) => {
      const earlier = known[field.name];
      if (!earlier) return [change('SAFE', `${type.name}.${field.name} was added`)];
      const deprecated = field.deprecationReason && !earlier.deprecationReason;
      return deprecated ? [change('SAFE', `${type.name}.${field.name} is deprecated: ${field.deprecationReason}`)] : [];
    });
  });
}

/** An endpoint that upgrades later lacks a new field. One that may be null is left out; one that may not fails the whole. */
function lateComers(old: Subgraph, now: Subgraph): Change[] {
  return pairs(old, now).flatMap(([before, after]) => {
    if (after.kind !== 'OBJECT' || rootTypes.includes(after.name)) return [];
    return after.fields
      .filter((field) => isNonNull(field.type) && !before.fields.some(({ name }) => name === field.name))
      .map((field) =>
        change(
          'DANGEROUS',
          `${field.path} is new and may not be null: an endpoint of the older contract fails with CONTRACT_TOO_OLD`,
        ),
      );
  });
}

/** Directives tell the hub where to go and whom to serve together, so a change in them changes answers without a type. */
function routing(old: Subgraph, now: Subgraph): Change[] {
  return pairs(old, now).flatMap(([before, after]) => [
    ...directives(before, after).map(({ weight, message }) => change(weight, `${after.name} ${message}`)),
    ...after.fields.flatMap((field) => {
      const earlier = before.fields.find(({ name }) => name === field.name);
      return earlier
        ? directives(earlier, field).map(({ weight, message }) => change(weight, `${field.path} ${message}`))
        : [];
    }),
  ]);
}

const watched: Readonly<
  Record<string, { readonly added: Weight; readonly removed: Weight; readonly changed: Weight }>
> = {
  route: { added: 'DANGEROUS', removed: 'BREAKING', changed: 'DANGEROUS' },
  scatter: { added: 'DANGEROUS', removed: 'BREAKING', changed: 'DANGEROUS' },
  merge: { added: 'DANGEROUS', removed: 'DANGEROUS', changed: 'DANGEROUS' },
  local: { added: 'DANGEROUS', removed: 'DANGEROUS', changed: 'DANGEROUS' },
  replicated: { added: 'DANGEROUS', removed: 'DANGEROUS', changed: 'DANGEROUS' },
  audience: { added: 'DANGEROUS', removed: 'DANGEROUS', changed: 'DANGEROUS' },
  // From then on reads write no access log.
  personal: { added: 'SAFE', removed: 'BREAKING', changed: 'SAFE' },
  key: { added: 'SAFE', removed: 'BREAKING', changed: 'BREAKING' },
  inaccessible: { added: 'BREAKING', removed: 'SAFE', changed: 'SAFE' },
};

function directives(before: ContractType | ContractField, after: ContractType | ContractField): Change[] {
  return Object.entries(watched).flatMap(([name, weights]) => {
    const [old, now] = [shown(before, name), shown(after, name)];
    const [lost, gained] = [old.filter((each) => !now.includes(each)), now.filter((each) => !old.includes(each))];
    if (lost.length === 0 && gained.length === 0) return [];
    if (lost.length === 0) return [{ weight: weights.added, message: `gains ${gained.join(' ')}` }];
    if (gained.length === 0) return [{ weight: weights.removed, message: `loses ${lost.join(' ')}` }];
    return [{ weight: weights.changed, message: `had ${lost.join(' ')} and has ${gained.join(' ')}` }];
  });
}

/** A repeatable directive counts once for each of its uses. */
function shown(part: ContractType | ContractField, name: string): string[] {
  return part.directives
    .filter((each) => each.name.value === name)
    .map((each) => {
      const values = (each.arguments ?? []).map(({ name: key }) => `${key.value}: ${argument(each, key.value)}`);
      return `@${name}${values.length > 0 ? `(${values.sort().join(', ')})` : ''}`;
    });
}

function pairs(old: Subgraph, now: Subgraph): (readonly [ContractType, ContractType])[] {
  return [...now.types.values()].flatMap((after) => {
    const before = old.types.get(after.name);
    return before ? [[before, after] as const] : [];
  });
}
