/**
 * Several fetches of objects as one: the lists of one document behind each other, documents beside each other under
 * names of their own. And the answer apart again, each its own part at its own places. Pure.
 */
import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { createLru } from '../../partition/lru.ts';
import type { SubgraphRequest, SubgraphResponse } from '../../supergraph/execute.ts';

export interface JoinedRequests {
  readonly request: SubgraphRequest;
  /** One for each request that was joined, in their order. */
  split(response: SubgraphResponse): readonly SubgraphResponse[];
}

/** Where the list of one alias of one request lies in the joined answer. */
interface Place {
  readonly alias: string;
  readonly joinedAlias: string;
  readonly start: number;
  readonly end: number;
}

export function joinRequests(requests: readonly SubgraphRequest[]): JoinedRequests {
  const documents = [...new Set(requests.map(({ document }) => document))];
  const isOne = documents.length === 1;
  const renamed = new Map(
    documents.map((document, index) => [document, isOne ? undefined : renamedOf(index, document)]),
  );
  const variables: Record<string, unknown> = {};
  const entities = new Map<string, { readonly alias: string; readonly variable: string }>();
  const lists = new Map<string, unknown[]>();
  const places = requests.map((request): readonly Place[] => {
    const own = renamed.get(request.document);
    const named = (name: string): string => (own === undefined ? name : `${own.prefix}${name}`);
    const isList = new Set(request.entities.map(({ variable }) => variable));
    for (const [name, value] of Object.entries(request.variables))
      if (!isList.has(name)) variables[named(name)] = value;
    const starts = new Map<string, number>();
    for (const variable of isList) {
      const list = lists.get(named(variable)) ?? [];
      lists.set(named(variable), list);
      starts.set(variable, list.length);
      for (const one of listOf(request, variable)) list.push(one);
    }
    return request.entities.map(({ alias, variable }) => {
      const joinedAlias = named(alias);
      entities.set(joinedAlias, { alias: joinedAlias, variable: named(variable) });
      const start = starts.get(variable) ?? 0;
      return { alias, joinedAlias, start, end: start + listOf(request, variable).length };
    });
  });
  const [first] = requests as readonly [SubgraphRequest];
  const texts = [...renamed.values()].filter((one) => one !== undefined);
  const document = isOne
    ? first.document
    : `query (${texts.flatMap((one) => one.variables).join(', ')}) { ${texts.map((one) => one.fields).join(' ')} } ${texts.map((one) => one.fragments).join(' ')}`;
  return {
    request: {
      ...first,
      document,
      operationName: isOne ? first.operationName : undefined,
      variables: { ...variables, ...Object.fromEntries(lists) },
      entities: [...entities.values()],
    },
    split: (response) => places.map((own) => part(response, own)),
  };
}

export function listOf({ variables }: SubgraphRequest, variable: string): readonly unknown[] {
  const list = variables[variable];
  return Array.isArray(list) ? list : [];
}

function part({ data, errors, absent }: SubgraphResponse, places: readonly Place[]): SubgraphResponse {
  const placeOf = (joinedAlias: unknown, index: unknown): Place | undefined =>
    places.find(
      (one) => one.joinedAlias === joinedAlias && typeof index === 'number' && index >= one.start && index < one.end,
    );
  return {
    data:
      data &&
      Object.fromEntries(
        places.map(({ alias, joinedAlias, start, end }) => {
          const list = data[joinedAlias];
          return [alias, Array.isArray(list) ? list.slice(start, end) : list];
        }),
      ),
    ...(errors && {
      errors: errors.flatMap((error) => {
        const [joinedAlias, index, ...rest] = error.path ?? [];
        // What is about no single object is about all.
        if (typeof index !== 'number') return [{ ...error, path: [] }];
        const place = placeOf(joinedAlias, index);
        return place === undefined ? [] : [{ ...error, path: [place.alias, index - place.start, ...rest] }];
      }),
    }),
    ...(absent && {
      absent: absent.flatMap(({ alias: joinedAlias, index }) => {
        const place = placeOf(joinedAlias, index);
        return place === undefined ? [] : [{ alias: place.alias, index: index - place.start }];
      }),
    }),
  };
}

interface Renamed {
  readonly prefix: string;
  readonly variables: readonly string[];
  readonly fields: string;
  readonly fragments: string;
}

const documentsMax = 2_000;
const renamedBy = createLru(documentsMax, rename);
const renamedOf = (index: number, document: string): Renamed => renamedBy(`${index}\n${document}`);

/** The same document with names of its own: of variables, fragments and what it asks for at the top. */
function rename(key: string): Renamed {
  const newline = key.indexOf('\n');
  const prefix = `j${key.slice(0, newline)}_`;
  const name = (value: string) => ({ kind: Kind.NAME, value: `${prefix}${value}` }) as const;
  const { definitions } = visit(parse(key.slice(newline + 1), { noLocation: true }), {
    Variable: (node) => ({ ...node, name: name(node.name.value) }),
    FragmentSpread: (node) => ({ ...node, name: name(node.name.value) }),
    FragmentDefinition: (node) => ({ ...node, name: name(node.name.value) }),
  });
  const operation = definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const fragments = definitions.filter(
    (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
  );
  const fields = (operation?.selectionSet.selections ?? []).map((selection: SelectionNode) =>
    selection.kind === Kind.FIELD
      ? { ...selection, alias: name(selection.alias?.value ?? selection.name.value) }
      : selection,
  );
  return {
    prefix,
    variables: (operation?.variableDefinitions ?? []).map(print),
    fields: fields.map(print).join(' '),
    fragments: fragments.map(print).join(' '),
  };
}
