/**
 * A fetch of entities: collects the places a path leads to, asks each distinct representation once, and grafts the
 * results back at every place that held it.
 */
import type {
  EntityBatchAlias,
  FetchNodePathSegment,
  FetchRewrite,
  FlattenNodePathSegment,
} from '@graphql-hive/router-query-planner';
import { coded } from './errors.ts';
import type { EntitiesField, SubgraphResponse } from './fetch-subgraph.ts';
import { compilePath, type PlanPath } from './flatten.ts';
import { graft, type Shape, shapeOf } from './graft.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Supergraph } from './load.ts';
import { type Asked, createPlacing, type Place } from './placing.ts';
import { compileRequires, identityOf, type Represent } from './requires.ts';
import { compileRewrites, type Rewrite, renameInShape } from './rewrites.ts';
import { ask, eachError, type Run, type Step } from './run.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { selectVariables, type VariableNames } from './variables.ts';

export interface EntityFetch {
  readonly serviceName: string;
  readonly operation: string;
  readonly operationName?: string;
  readonly variableUsages?: readonly string[];
  readonly aliases: readonly EntityBatchAlias[];
}

interface PreparedAlias extends EntitiesField {
  readonly paths: readonly PlanPath[];
  readonly represent: Represent;
  /** Equal where representations are made alike, so that aliases with one list share its items. */
  readonly recipe: string;
  readonly shape: Shape;
  readonly rewrite: Rewrite | undefined;
}

type AskedAlias = PreparedAlias & Asked;

interface Representations {
  readonly list: JsonObject[];
  readonly indexes: Map<string, number>;
}

export function compileEntityFetch(
  fetch: EntityFetch,
  names: VariableNames,
  supergraph: Pick<Supergraph, 'types' | 'shelter'>,
): Step {
  const { types } = supergraph;
  const shape = shapeOf(fetch.operation, supergraph.shelter);
  const recipes = fetch.aliases.map(({ requires, inputRewrites }) => JSON.stringify([requires, inputRewrites]));
  const aliases = fetch.aliases.map((alias, position) => {
    const recipe = String(recipes.indexOf(recipes[position] ?? ''));
    return prepareAlias(alias, recipe, fetch.serviceName, shape, supergraph);
  });
  const select = selectVariables(fetch.variableUsages, names);
  const entities = aliases.map(({ alias, variable }): EntitiesField => ({ alias, variable }));
  return (run) => {
    const lists = new Map<string, Representations>();
    const asked = aliases.map((alias): AskedAlias => ({ ...alias, places: collectPlaces(alias, run, lists) }));
    if (asked.every(({ places }) => places.length === 0)) return undefined;
    const variables = select(run.variables);
    for (const [variable, { list }] of lists) variables[variable] = list;
    const answered = ask(run, {
      subgraph: fetch.serviceName,
      document: fetch.operation,
      operationKind: 'query',
      operationName: fetch.operationName,
      variables,
      entities,
    });
    return answered.then((response) => takeIn(run, response, asked, types));
  };
}

function prepareAlias(
  alias: EntityBatchAlias,
  recipe: string,
  subgraph: string,
  shape: Shape,
  supergraph: Pick<Supergraph, 'types' | 'shelter'>,
): PreparedAlias {
  const { types } = supergraph;
  const fields = shape.field(alias.alias)?.shape;
  if (fields === undefined) throw new Error(`Expected a field "${alias.alias}" in the fetch, found none.`);
  const rest = renameInShape(fromEntities(alias), fields);
  return {
    alias: alias.alias,
    variable: alias.representationsVariableName,
    paths: alias.paths.map((path: FlattenNodePathSegment[]) => compilePath(path, supergraph)),
    represent: compileRequires(alias.requires, compileRewrites(alias.inputRewrites, types), subgraph, types),
    recipe,
    shape: fields,
    rewrite: compileRewrites(rest, types),
  };
}

/** Rewrites of a whole fetch start at the root, those of one alias at its entities: from here on all do the latter. */
function fromEntities({ alias, outputRewrites }: EntityBatchAlias): FetchRewrite[] {
  const inside = <T extends { path: FetchNodePathSegment[] }>(rewrite: T): T => {
    const [first, ...rest] = rewrite.path;
    return first !== undefined && 'Key' in first && first.Key === alias ? { ...rewrite, path: rest } : rewrite;
  };
  return (outputRewrites ?? []).map((rewrite): FetchRewrite => {
    if ('KeyRenamer' in rewrite) return { KeyRenamer: inside(rewrite.KeyRenamer) };
    return 'ValueSetter' in rewrite ? { ValueSetter: inside(rewrite.ValueSetter) } : inside(rewrite);
  });
}

function collectPlaces(alias: PreparedAlias, run: Run, lists: Map<string, Representations>): Place[] {
  let representations = lists.get(alias.variable);
  if (representations === undefined) {
    representations = { list: [], indexes: new Map() };
    lists.set(alias.variable, representations);
  }
  const { list, indexes } = representations;
  const { absent } = run;
  const isAbsent = absent && ((object: object) => absent.has(object));
  const places: Place[] = [];
  for (const path of alias.paths) {
    path.walk(run.data, isAbsent, (object, position) => {
      const representation = alias.represent(object);
      if (representation === undefined) return;
      const identity = alias.recipe + identityOf(representation);
      let index = indexes.get(identity);
      if (index === undefined) {
        index = list.push(representation) - 1;
        indexes.set(identity, index);
      }
      places.push({ object, path, position, index });
    });
  }
  return places;
}

function takeIn(run: Run, response: SubgraphResponse, asked: readonly AskedAlias[], types: TypeCatalogue): void {
  const placeError = createPlacing(run, asked);
  eachError(run, response, placeError);
  for (const { alias, index } of response.absent ?? []) {
    run.absent ??= new Set();
    for (const place of asked.find((candidate) => candidate.alias === alias)?.places ?? []) {
      if (place.index === index) run.absent.add(place.object);
    }
  }
  if (!response.data) return;
  for (const { alias, places, shape, rewrite } of asked) {
    const results = response.data[alias];
    if (!Array.isArray(results)) {
      if (results !== null && results !== undefined) placeError(notAList(alias));
      continue;
    }
    for (const { object, index } of places) {
      const result: unknown = results[index];
      if (!isJsonObject(result) || run.absent?.has(object)) continue;
      // A rewrite must not see what other fetches grew, so it works on a tree of this result alone.
      const own = rewrite === undefined ? result : graft(undefined, result, shape, types);
      rewrite?.(own);
      graft(object, own, shape, types);
    }
  }
}

function notAList(alias: string) {
  return {
    message: 'Expected a list of entities in the answer of the subgraph, found something else.',
    path: [alias],
    extensions: coded('CONTRACT_BREACH'),
  };
}
