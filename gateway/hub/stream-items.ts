/**
 * Makes the first answer of a subscription for one event: the hub's own part of an item, from the event and the
 * directory. Everything else of the item comes from follow-up fetches over it.
 */
import { getArgumentValues } from 'graphql/execution/values.js';
import type { DirectorySnapshot } from '../partition/directory-snapshot.ts';
import { fieldOf } from '../partition/endpoint-selections.ts';
import { inlineFetch, responseKey } from '../partition/inline.ts';
import type { JsonObject } from '../partition/json.ts';
import { createLru } from '../partition/lru.ts';
import { byType, type ItemFields } from './compile.ts';
import { readHubSchema } from './hub-schema.ts';

export interface StreamItem {
  readonly type: string;
  readonly fields: ItemFields;
}

export interface CompiledStream {
  readonly field: string;
  readonly given: Readonly<Record<string, unknown>>;
  item(item: StreamItem): { readonly data: JsonObject };
}

/** For one subscription: its field, what it was given, and how its items come about. */
export type CompileStream = (document: string, variables: Readonly<Record<string, unknown>>) => CompiledStream;

const compiledMax = 2_000;

export function createStreamItems(sdl: string, directory: () => DirectorySnapshot): CompileStream {
  const hub = readHubSchema(sdl);
  const subscription = hub.schema.getSubscriptionType();
  return (document, variables) => {
    const [root, ...others] = inlineFetch(document).rootFields;
    const definition = subscription && root && fieldOf(subscription, root.name.value);
    if (root === undefined || !definition || others.length > 0) {
      throw new Error(
        'Expected one subscription field of the hub in the fetch, found another number or another field.',
      );
    }
    const key = responseKey(root);
    const resolveByType = byType(hub, root.selectionSet?.selections ?? []);
    return {
      field: root.name.value,
      given: getArgumentValues(definition, root, variables),
      item: ({ type, fields }) => ({
        // A key that a caller chose is an own key, whatever it says.
        data: Object.fromEntries([[key, resolveByType(type)({ kind: 'item', type, fields }, directory())]]),
      }),
    };
  };
}
