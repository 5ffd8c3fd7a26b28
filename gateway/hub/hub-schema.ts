/**
 * What hub.graphql says, as the hub resolves it: which types are links and what is behind each.
 *
 * A link is a keyed type whose `participant` comes from the id and whose other field leads to the object: that object
 * is only named here, by `linkId`, and read at its owner.
 */
import {
  buildASTSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';

export interface HubSchema {
  readonly schema: GraphQLSchema;
  readonly query: GraphQLObjectType;
  isLink(typeName: string): boolean;
  /** What a stream says, and its parts: an object without an identity of its own. */
  isItem(typeName: string): boolean;
  /** The type behind a link. */
  objectTypeOf(linkName: string, fieldName: string): string | undefined;
}

export function readHubSchema(sdl: string): HubSchema {
  const document = parse(sdl, { noLocation: true });
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const links = new Set<string>();
  const items = new Set<string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const fields = new Set((node.fields ?? []).map(({ name }) => name.value));
    const isKeyed = (node.directives ?? []).some(({ name }) => name.value === 'key');
    if (isKeyed && fields.has('participant')) links.add(node.name.value);
    if (!isKeyed) items.add(node.name.value);
  }
  const query = schema.getQueryType();
  if (!query) throw new Error('Expected a Query in the SDL of the hub, found none.');
  return {
    schema,
    query,
    isLink: (typeName) => links.has(typeName),
    isItem: (typeName) => items.has(typeName),
    objectTypeOf(linkName, fieldName) {
      const type = schema.getType(linkName);
      const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
      return field && getNamedType(field.type).name;
    },
  };
}
