/**
 * The document of a webhook with what posting needs beside what the program selected: each item's type, id, place and
 * time, under private names, and the place to go on from. Which types there are and what they have, the schema says.
 * Pure.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { isJsonObject, type JsonObject } from '../../partition/json.ts';
import { privatePrefix } from '../../partition/private-alias.ts';
import type { WebhookItem } from './webhook.ts';

export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

const needed = ['id', 'cursor', 'type', 'at', 'to'] as const;
const typeAlias = `${privatePrefix}item_typename`;
const aliasOf = (field: string): string => `${privatePrefix}item_${field}`;

export function prepare(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  after: string | undefined,
): Prepared {
  const variable = unusedName(document, 'webhookAfter');
  const root = schema.getSubscriptionType();
  const types = new TypeInfo(schema);
  const changed = visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        if (types.getParentType() !== root || node.name.value.startsWith('__')) return undefined;
        const type = getNamedType(types.getFieldDef()?.type);
        const own = node.selectionSet?.selections ?? [];
        const added = type === undefined ? [] : extras(schema, type.name);
        const selectionSet = { kind: Kind.SELECTION_SET, selections: [...own, ...added] } as const;
        const { arguments: given = [] } = node;
        if (after === undefined) return { ...node, selectionSet };
        const others = given.filter((argument) => argument.name.value !== 'after');
        const value = { kind: Kind.VARIABLE, name: nameNode(variable) } as const;
        return {
          ...node,
          arguments: [...others, { kind: Kind.ARGUMENT, name: nameNode('after'), value } as const],
          selectionSet,
        };
      },
      OperationDefinition: {
        leave(node) {
          if (after === undefined) return undefined;
          const definition = {
            kind: Kind.VARIABLE_DEFINITION,
            variable: { kind: Kind.VARIABLE, name: nameNode(variable) },
            type: { kind: Kind.NAMED_TYPE, name: nameNode('String') },
          } as const;
          return { ...node, variableDefinitions: [...(node.variableDefinitions ?? []), definition] };
        },
      },
    }),
  );
  const operation = changed.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('Expected an operation in the document of a webhook, found none.');
  return {
    document: changed,
    operation,
    variables: after === undefined ? variables : { ...variables, [variable]: after },
  };
}

function extras(schema: GraphQLSchema, typeName: string): readonly SelectionNode[] {
  const type = schema.getType(typeName);
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  const fragments = possible.map((one): SelectionNode => {
    const fields = needed.filter((name) => {
      const field = one.getFields()[name];
      return field !== undefined && !field.args.some(isRequiredArgument);
    });
    return {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(one.name) },
      selectionSet: { kind: Kind.SELECTION_SET, selections: fields.map((name) => aliased(aliasOf(name), name)) },
    };
  });
  return [aliased(typeAlias, '__typename'), ...fragments];
}

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });
const aliased = (alias: string, name: string): FieldNode => ({
  kind: Kind.FIELD,
  alias: nameNode(alias),
  name: nameNode(name),
  directives: [] as readonly ConstDirectiveNode[],
});

function unusedName(document: DocumentNode, wanted: string): string {
  const used = new Set<string>();
  visit(document, {
    Variable({ name }) {
      used.add(name.value);
    },
  });
  let name = wanted;
  while (used.has(name)) name += '_';
  return name;
}

/** The item as the program selected it, and what was asked beside it; undefined when it is no item. */
export function readItem(
  item: unknown,
  errors: Extract<WebhookItem, { kind: 'item' }>['errors'],
): WebhookItem | undefined {
  if (!isJsonObject(item)) return undefined;
  const typeName = item[typeAlias];
  const cursor = item[aliasOf('cursor')];
  if (typeof typeName !== 'string' || typeof cursor !== 'string') return undefined;
  if (typeName === 'Heartbeat') return { kind: 'heartbeat', cursor };
  const text = (field: string): string | undefined => {
    const value = item[aliasOf(field)];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    kind: 'item',
    cursor,
    id: text('id'),
    type: text('type') ?? dotted(typeName),
    at: text('at') ?? text('to') ?? new Date(0).toISOString(),
    data: withoutPrivate(item),
    errors,
  };
}

function withoutPrivate(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !key.startsWith(`${privatePrefix}item_`)));
}

/** `NotificationReceived` is `notification.received`. */
const dotted = (typeName: string): string => typeName.replace(/(?<!^)[A-Z]/g, (letter) => `.${letter}`).toLowerCase();
