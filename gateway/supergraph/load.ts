/** A supergraph, ready to plan and execute over; pure from its SDL. */
import { QueryPlanner } from '@graphql-hive/router-query-planner';
import { type GraphQLSchema, parse } from 'graphql';
import { plannerNames } from './planner-names.ts';
import { publicSchema } from './public-schema.ts';
import { createShelter, type Shelter } from './shelter.ts';
import { createTypeCatalogue, type TypeCatalogue } from './type-catalogue.ts';

export interface Supergraph {
  /** What a consumer may ask: for validation, introspection and projection. */
  readonly publicSchema: GraphQLSchema;
  readonly planner: QueryPlanner;
  /** The name of a subgraph that the planner may know under another. */
  subgraphName(plannerName: string): string;
  readonly types: TypeCatalogue;
  readonly shelter: Shelter;
}

export function loadSupergraph(sdl: string): Supergraph {
  const document = parse(sdl, { noLocation: true });
  const names = plannerNames(document);
  const types = createTypeCatalogue(document);
  return {
    publicSchema: publicSchema(document),
    planner: new QueryPlanner(names.sdl ?? sdl),
    subgraphName: names.original,
    types,
    shelter: createShelter(types.fieldNames),
  };
}
