/**
 * The schema a consumer sees, made from the supergraph SDL: without the machinery of federation
 * (join, link, tag …) and without anything marked @inaccessible. Descriptions and deprecations stay.
 *
 * The planner offers a consumer schema too, but that one drops directives of the language and shows join types.
 */
import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  Kind,
  type NamedTypeNode,
  type TypeDefinitionNode,
} from 'graphql';

const machinery = /^(join|link|core)__/;
const languageDirectives = new Set(['deprecated', 'specifiedBy', 'oneOf']);
const executableLocations = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

interface Marked {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

function isVisible(node: Marked): boolean {
  return !node.directives?.some((directive) => directive.name.value === 'inaccessible');
}

function bare<T extends Marked>(node: T): T {
  const directives = node.directives?.filter((directive) => languageDirectives.has(directive.name.value)) ?? [];
  return { ...node, directives };
}

function isTypeDefinition(node: DefinitionNode): node is TypeDefinitionNode {
  return (
    node.kind === Kind.SCALAR_TYPE_DEFINITION ||
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.UNION_TYPE_DEFINITION ||
    node.kind === Kind.ENUM_TYPE_DEFINITION ||
    node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
  );
}

function isForConsumers(directive: DirectiveDefinitionNode): boolean {
  return (
    !machinery.test(directive.name.value) &&
    directive.locations.some((location) => executableLocations.has(location.value))
  );
}

export function publicSchema(supergraph: DocumentNode): GraphQLSchema {
  const types = supergraph.definitions.filter(
    (node): node is TypeDefinitionNode => isTypeDefinition(node) && !machinery.test(node.name.value) && isVisible(node),
  );
  const visibleTypes = new Set(types.map((type) => type.name.value));
  const definitions: DefinitionNode[] = types.map((type) => publicType(type, visibleTypes));
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.SCHEMA_DEFINITION) {
      const operationTypes = node.operationTypes.filter(({ type }) => visibleTypes.has(type.name.value));
      definitions.push({ ...node, directives: [], operationTypes });
    } else if (node.kind === Kind.DIRECTIVE_DEFINITION && isForConsumers(node)) {
      definitions.push(node);
    }
  }
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true });
}

function publicType(type: TypeDefinitionNode, visibleTypes: ReadonlySet<string>): TypeDefinitionNode {
  const visibleNames = (names: readonly NamedTypeNode[] | undefined): readonly NamedTypeNode[] =>
    names?.filter((name) => visibleTypes.has(name.name.value)) ?? [];
  switch (type.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return {
        ...bare(type),
        interfaces: visibleNames(type.interfaces),
        fields: type.fields?.filter(isVisible).map(publicField) ?? [],
      };
    case Kind.UNION_TYPE_DEFINITION:
      return { ...bare(type), types: visibleNames(type.types) };
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...bare(type), values: type.values?.filter(isVisible).map(bare) ?? [] };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...bare(type), fields: publicInputs(type.fields) };
    default:
      return bare(type);
  }
}

function publicField(field: FieldDefinitionNode): FieldDefinitionNode {
  return { ...bare(field), arguments: publicInputs(field.arguments) };
}

function publicInputs(inputs: readonly InputValueDefinitionNode[] | undefined): readonly InputValueDefinitionNode[] {
  return inputs?.filter(isVisible).map(bare) ?? [];
}
