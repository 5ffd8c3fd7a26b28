/**
 * What each stream consists of, read from the SDL of the hub: a field with `@stream`, its change type and its union.
 * The hub holds no list of streams.
 */
import { idTags } from '@kortelijn/schema/vocabulary/ids.ts';
import {
  buildASTSchema,
  type GraphQLField,
  getNamedType,
  isObjectType,
  isUnionType,
  parse,
  valueFromASTUntyped,
} from 'graphql';

export interface StreamDeclaration {
  readonly field: string;
  /** Beginnings of the types of its events. */
  readonly events: readonly string[];
  readonly feeds: 'PARTICIPANTS' | 'REGISTRY' | 'NETWORK' | 'CALLER';
  /** The type of the item that stands for an event. */
  readonly change: string;
  /** The field of that item that holds the object; an event whose object a reader may not see is not delivered. */
  readonly subject: string | undefined;
  readonly audience: 'CLASS' | 'SUBJECT';
  /** Fields of the item that hold an object, with the type of that object. */
  readonly objects: ReadonlyMap<string, string>;
  readonly hasGone: boolean;
}

export const registryFeed = 'registry';

export function readStreams(hubSdl: string): ReadonlyMap<string, StreamDeclaration> {
  const schema = buildASTSchema(parse(hubSdl, { noLocation: true }), { assumeValidSDL: true });
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
  const objectTypes = new Set(Object.values(idTags).map(({ type }) => type as string));
  return new Map(
    fields.map((field) => {
      const { events, feeds, change, subject, audience } = argumentsOf(field);
      const item = schema.getType(String(change));
      const union = getNamedType(field.type);
      if (!isObjectType(item) || !isUnionType(union) || !union.getTypes().includes(item)) {
        throw new Error(`Expected Subscription.${field.name} to be a union with ${change} in it, found ${union.name}.`);
      }
      const objects = Object.values(item.getFields())
        .map(({ name, type }) => [name, getNamedType(type).name] as const)
        .filter(([, type]) => objectTypes.has(type));
      return [
        field.name,
        {
          field: field.name,
          events: events as string[],
          feeds: feeds as StreamDeclaration['feeds'],
          change: item.name,
          subject: subject as string | undefined,
          audience: audience as StreamDeclaration['audience'],
          objects: new Map(objects),
          hasGone: union.getTypes().some(({ name }) => name === 'Gone'),
        },
      ];
    }),
  );
}

function argumentsOf({ name, astNode }: GraphQLField<unknown, unknown>): Record<string, unknown> {
  const directive = astNode?.directives?.find((one) => one.name.value === 'stream');
  if (directive === undefined) throw new Error(`Expected @stream on Subscription.${name} of the hub, found none.`);
  return Object.fromEntries(
    (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
  );
}
