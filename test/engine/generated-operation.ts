/** Operations made by decisions over a generated graph: fields, aliases, arguments, fragments, @skip and @include. */
import type { Decisions } from './decisions.ts';
import type { GeneratedField, GeneratedGraph } from './generated-graph.ts';

export interface GeneratedOperation {
  readonly text: string;
  readonly variables: Record<string, unknown>;
  readonly kind: 'query' | 'mutation';
  /** Whether an alias is the name of another field. */
  readonly borrowsNames: boolean;
}

export function generateOperation(graph: GeneratedGraph, decisions: Decisions): GeneratedOperation {
  const kind = decisions.chance(20) ? 'mutation' : 'query';
  const variables: Record<string, unknown> = { on: decisions.chance(50), n: decisions.below(3) };
  const fragments = new Map<string, string>();

  let borrowsNames = false;
  const otherNames = [
    'id',
    '__typename',
    '_entities',
    ...graph.types.flatMap(({ fields }) => fields.map(({ name }) => name)),
  ];

  function directive(): string {
    if (!decisions.chance(20)) return '';
    const name = decisions.pick(['include', 'skip']);
    const value = decisions.pick(['true', 'false', '$on']);
    return ` @${name}(if: ${value})`;
  }

  function fieldText(field: GeneratedField, depth: number): string {
    let key = field.name;
    let argument = '';
    if (field.hasArgument && decisions.chance(60)) {
      const value = decisions.pick(['0', '1', '2', '$n']);
      argument = `(n: ${value})`;
      // One response key, one meaning: the key names the argument (GraphQL §5.3.2).
      key = `${field.name}_${value.replace('$', 'v')}`;
    }
    if (decisions.chance(25)) key = `also_${key}`;
    // The name of another field: valid unless both meet in one place.
    else if (decisions.chance(8)) {
      key = decisions.pick(otherNames);
      borrowsNames = true;
    }
    const alias = key === field.name ? '' : `${key}: `;
    const inside = field.isComposite ? ` ${selectionText(field.named, depth - 1)}` : '';
    return `${alias}${field.name}${argument}${directive()}${inside}`;
  }

  function selectionText(type: string, depth: number): string {
    const selections: string[] = [];
    const count = 1 + decisions.below(depth > 0 ? 4 : 2);
    for (let index = 0; index < count; index += 1) selections.push(selectionOf(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  function selectionOf(type: string, depth: number): string {
    const object = graph.types.find(({ name }) => name === type);
    if (object !== undefined) {
      if (decisions.chance(25)) return decisions.pick(['id', '__typename', `also_id: id${directive()}`]);
      if (depth > 0 && decisions.chance(20))
        return fragmentText(
          object.isNode ? decisions.pick([type, 'Node', '']) : decisions.pick([type, '']),
          type,
          depth - 1,
        );
      const fields = object.fields.filter(({ isComposite }) => depth > 0 || !isComposite);
      return fields.length === 0 ? 'id' : fieldText(decisions.pick(fields), depth);
    }
    if (depth > 0 && decisions.chance(60)) {
      const members = graph.types.filter(({ isNode }) => type === 'Any' || isNode).map(({ name }) => name);
      return fragmentText(decisions.pick([...members, 'Node']), type, depth);
    }
    return type === 'Node'
      ? decisions.pick(['id', '__typename', 'label', `also_label: label${directive()}`])
      : '__typename';
  }

  function fragmentText(condition: string, parent: string, depth: number): string {
    const type = condition === '' ? parent : condition;
    const inside = selectionText(type, depth);
    if (condition === '' || decisions.chance(60))
      return `...${condition === '' ? '' : ` on ${condition}`}${directive()} ${inside}`;
    const name = `F${fragments.size}`;
    fragments.set(name, `fragment ${name} on ${condition} ${inside}`);
    return `...${name}${directive()}`;
  }

  const roots = kind === 'query' ? graph.queries : graph.mutations;
  const fields = Array.from({ length: 1 + decisions.below(3) }, () => fieldText(decisions.pick(roots), 3));
  if (decisions.chance(10)) fields.push('__typename');
  const body = [`{ ${fields.join(' ')} }`, ...fragments.values()].join('\n');
  const definitions = ['$on: Boolean!', '$n: Int'].filter((definition) =>
    body.includes(definition.split(':')[0] ?? ''),
  );
  const head = definitions.length > 0 ? `${kind} (${definitions.join(', ')})` : kind;
  return { text: `${head} ${body}`, variables, kind, borrowsNames };
}
