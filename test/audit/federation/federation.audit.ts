/**
 * Our own scenario for each feature that the public suite graphql-hive/federation-gateway-audit covers:
 * small graphs of real subgraphs, answered by our engine.
 */
import { validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compose, createSmallGraph, plain } from '../../engine/small-graph.ts';
import { abstractTypes } from './scenarios/abstract-types.ts';
import { contracts } from './scenarios/contracts.ts';
import { entities } from './scenarios/entities.ts';
import { requirements } from './scenarios/requirements.ts';

const scenarios = [...entities, ...requirements, ...abstractTypes, ...contracts];

it('has one scenario with a stable id for each of the 46 features', () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(46);
  expect(new Set(scenarios.map(({ feature }) => feature)).size).toBe(46);
  expect(scenarios).toHaveLength(46);
});

for (const { id, level, title, subgraphs, cases, mend = (sdl: string) => sdl } of scenarios) {
  const create = () => createSmallGraph(subgraphs, undefined, mend(compose(subgraphs)));

  describe(`${id}: the engine ${level} ${title}`, () => {
    it('over a public schema that is valid by itself', () => {
      expect(validateSchema(create().publicSchema)).toEqual([]);
    });

    for (const { when, query, variables, data, errorPaths = [], asks } of cases) {
      it(`when ${when}`, async () => {
        const graph = create();
        const result = plain(await graph.ask(query, variables));
        if (data === undefined) {
          expect(result).not.toHaveProperty('data');
          expect(result.errors?.length).toBeGreaterThan(0);
          expect(graph.requests).toEqual([]);
          return;
        }
        expect(result.data).toEqual(data);
        expect((result.errors ?? []).map((error) => (error as { path: unknown }).path)).toEqual(errorPaths);
        if (asks !== undefined) expect(graph.requests.map(({ subgraph }) => subgraph)).toEqual(asks);
      });
    }
  });
}
