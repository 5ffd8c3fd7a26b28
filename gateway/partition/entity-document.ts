/** An entity fetch, compiled: each `_entities` field apart, so that an endpoint gets only those it has a share in. */
import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  TypeInfo,
  type TypeNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Check, compileCheck } from './check.ts';
import { collectFields } from './collect-fields.ts';
import type { Contract } from './contract.ts';
import { endpointSelections, fieldNode, withSelections } from './endpoint-selections.ts';
import { inlineFetch, responseKey } from './inline.ts';
import { createLru } from './lru.ts';
import { privateAlias, privatePrefix } from './private-alias.ts';
import { type EndpointDocument, ReservedAliasError } from './rewrite.ts';

export interface EntityRoot {
  readonly index: number;
  readonly name: string;
  readonly alias: string;
  /** The variable with the representations in the fetch. */
  readonly variable: string;
  /** The variable with an endpoint's share of them; of its own, as two aliases may share one list. */
  readonly ownVariable: string;
  readonly node: FieldNode;
  /** For one entity. */
  readonly check: Check;
  isOwned(typeName: string): boolean;
  /** The response key of the id of entities of this type. */
  idKeyOf(typeName: string): string;
}

export interface CompiledEntities {
  readonly kind: 'query';
  readonly roots: readonly EntityRoot[];
  /** Its variables are those besides the representations. */
  documentOf(roots: readonly EntityRoot[]): EndpointDocument;
}

const documentsMax = 100;

export function compileEntities(contract: Contract, document: string): CompiledEntities {
  if (document.includes(privatePrefix)) {
    throw new ReservedAliasError(
      `Expected no name that begins with "${privatePrefix}", found one. Choose another alias.`,
    );
  }
  const fetch = inlineFetch(document);
  const roots = fetch.rootFields.map((node, index) => compileRoot(contract, node, index));
  const documentNamed = createLru(documentsMax, (name) => {
    const indexes = new Set(name.split(',').map(Number));
    return documentOf(
      contract,
      roots.filter(({ index }) => indexes.has(index)),
      fetch.variables,
    );
  });
  return { kind: 'query', roots, documentOf: (chosen) => documentNamed(chosen.map(({ index }) => index).join()) };
}

function compileRoot(contract: Contract, node: FieldNode, index: number): EntityRoot {
  const value = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
  if (value?.kind !== Kind.VARIABLE || node.name.value !== '_entities') {
    throw new Error(`Expected _entities with a variable of representations, found "${node.name.value}".`);
  }
  const { schema } = contract;
  const union = schema.getType('_Entity');
  if (union === undefined) throw new Error('Expected keyed types in the contract, found none.');
  const selections = withIds(contract, endpointSelections(contract, union, node.selectionSet?.selections ?? []));
  const ownVariable = `${privatePrefix}representations_${index}`;
  const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: ownVariable } } as const;
  const representations = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'representations' },
    value: variable,
  } as const;
  const idKeys = new Map<string, string>();
  return {
    index,
    name: node.name.value,
    alias: responseKey(node),
    variable: value.name.value,
    ownVariable,
    node: withSelections({ ...node, arguments: [representations] }, selections),
    check: compileCheck(contract, union as never, selections),
    isOwned: contract.isOwned,
    idKeyOf(typeName) {
      let key = idKeys.get(typeName);
      const type = schema.getType(typeName);
      if (key === undefined && type !== undefined) {
        const fields = collectFields(schema, type, selections);
        key = fields.has(privateAlias.id) ? privateAlias.id : 'id';
        idKeys.set(typeName, key);
      }
      return key ?? 'id';
    },
  };
}

/** Each entity tells its id, also where only a shared interface or nothing of its type was selected. */
function withIds(contract: Contract, selections: readonly SelectionNode[]): SelectionNode[] {
  return selections.map((selection) => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return selection;
    const name = selection.typeCondition?.name.value;
    const hasId = selection.selectionSet.selections.some(
      (inner) =>
        inner.kind === Kind.FIELD &&
        inner.name.value === 'id' &&
        (inner.alias === undefined || inner.alias.value === privateAlias.id),
    );
    if (name === undefined || !contract.isOwned(name) || hasId) return selection;
    const inner = [...selection.selectionSet.selections, fieldNode('id', privateAlias.id)];
    return { ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } };
  });
}

function documentOf(
  contract: Contract,
  roots: readonly EntityRoot[],
  variables: readonly VariableDefinitionNode[],
): EndpointDocument {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: roots.map(({ node }) => node) } as const;
  const used = new Set<string>();
  let isPersonal = false;
  const types = new TypeInfo(contract.schema);
  const bare: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as OperationDefinitionNode['operation'],
    selectionSet,
  };
  visit(
    bare,
    visitWithTypeInfo(types, {
      Variable: (node) => void used.add(node.name.value),
      Field: (node) => {
        const parent = types.getParentType();
        if (parent && contract.isPersonal(parent.name, node.name.value)) isPersonal = true;
      },
    }),
  );
  const kept = variables.filter(({ variable }) => used.has(variable.name.value));
  const own = roots.map(({ ownVariable }) => representationsDefinition(ownVariable));
  const operation = { ...bare, variableDefinitions: [...kept, ...own] };
  const text = print(operation);
  return {
    text,
    operation,
    isPersonal,
    bodyHead: `{"query":${JSON.stringify(text)},"variables":`,
    variableNames: kept.map(({ variable }) => variable.name.value),
  };
}

function representationsDefinition(name: string): VariableDefinitionNode {
  const any: TypeNode = {
    kind: Kind.NON_NULL_TYPE,
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: '_Any' } },
  };
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
    type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.LIST_TYPE, type: any } },
  };
}
