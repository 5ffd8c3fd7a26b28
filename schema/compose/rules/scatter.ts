import {
  argument,
  type Contract,
  type ContractField,
  type ContractType,
  directive,
  isList,
  namedType,
  type Subgraph,
} from '../contract.ts';

/** A scattered answer says who answered, can be asked of some, and every part of it can be merged. */
export function scatter({ subgraphs: { participant } }: Contract): string[] {
  const roots = ['Query', 'Mutation'].flatMap((name) => participant.types.get(name)?.fields ?? []);
  return roots.flatMap((field) => {
    const merge = argument(directive(field, 'scatter'), 'merge');
    return merge === undefined ? [] : judge(participant, field, merge);
  });
}

function judge(participant: Subgraph, field: ContractField, merge: string): string[] {
  const type = participant.types.get(namedType(field.type));
  if (type?.kind !== 'OBJECT') return [`${field.path} is scattered and returns no object type.`];
  const problems: string[] = [];
  const has = (name: string) => type.fields.some((each) => each.name === name);
  const takes = (name: string) => field.arguments.some((each) => each.name.value === name);
  if (!has('coverage'))
    problems.push(`${field.path} is scattered and ${type.name} has no coverage: who is missing would not show.`);
  if (!takes('participants')) problems.push(`${field.path} is scattered and takes no \`participants\`.`);
  const expected = shapes[merge];
  if (!expected) return [...problems, `${field.path} is scattered with the unknown merge ${merge}.`];
  for (const name of expected.fields)
    if (!has(name)) problems.push(`${field.path}: merge ${merge} needs ${type.name}.${name}.`);
  for (const name of expected.arguments)
    if (!takes(name)) problems.push(`${field.path}: merge ${merge} needs the argument ${name}.`);
  return [...problems, ...unmerged(participant, type, [...expected.fields, 'coverage'])];
}

const shapes: Readonly<Record<string, { readonly fields: readonly string[]; readonly arguments: readonly string[] }>> =
  {
    CONNECTION: { fields: ['edges', 'nodes', 'pageInfo'], arguments: ['first', 'after', 'onMissing'] },
    LIST: { fields: ['nodes'], arguments: [] },
    COUNT: { fields: [], arguments: [] },
    SUMMARY: { fields: [], arguments: [] },
  };

/** Every field but those the merge itself fills says how it is merged, down to the leaves. */
function unmerged(participant: Subgraph, type: ContractType, except: readonly string[]): string[] {
  return type.fields
    .filter((field) => !except.includes(field.name) && !directive(field, 'inaccessible'))
    .flatMap((field) => judgeField(participant, field));
}

function judgeField(participant: Subgraph, field: ContractField): string[] {
  const merge = directive(field, 'merge');
  if (!merge) return [`${field.path} is part of a merged answer and has no @merge.`];
  const how = argument(merge, 'with');
  const typeName = namedType(field.type);
  const target = participant.types.get(typeName);
  if (how === 'HISTOGRAM')
    return typeName === 'Histogram'
      ? []
      : [`${field.path} is merged as HISTOGRAM: expected Histogram, found ${typeName}.`];
  if (how === 'CONCAT') return isList(field.type) ? [] : [`${field.path} is merged by CONCAT and is no list.`];
  if (!isList(field.type)) {
    const mergeable =
      typeName === 'Int' || typeName === 'Float' || (how !== 'SUM' && (typeName === 'DateTime' || typeName === 'Date'));
    return mergeable ? [] : [`${field.path} is merged by ${how} and is a ${typeName}.`];
  }
  const keys = (argument(merge, 'key') ?? '').split(/ +/).filter(Boolean);
  if (target?.kind !== 'OBJECT' || keys.length === 0)
    return [`${field.path} is a list merged by ${how}: expected objects and their \`key\`.`];
  const missing = keys.filter((key) => !target.fields.some(({ name }) => name === key));
  return [
    ...missing.map((key) => `${field.path} is merged by the key ${key}, which ${typeName} lacks.`),
    ...unmerged(participant, target, keys),
  ];
}
