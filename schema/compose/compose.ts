import {
  addInaccessibleToUnreachableTypes,
  type CompositionSuccess,
  composeServices,
  extractLinkImplementations,
} from '@theguild/federation-composition';
import { parse } from 'graphql';
import { type Contract, readSubgraph, type SubgraphName } from './contract.ts';
import { borders } from './rules/borders.ts';
import { descriptions } from './rules/descriptions.ts';
import { personal } from './rules/personal.ts';
import { requires } from './rules/requires.ts';
import { routedRoots } from './rules/routed-roots.ts';
import { scatter } from './rules/scatter.ts';

/**
 * Makes one supergraph of the three subgraphs, or says everything that stands in the way. Composition proves that the
 * types fit; the rules prove what composition cannot know: that participants share these types and differ in data.
 */
export const rules = { routedRoots, borders, personal, requires, scatter, descriptions } as const;
export type RuleName = keyof typeof rules;

export interface Problem {
  readonly rule: RuleName | 'composition';
  readonly message: string;
}

export type Composition =
  | { readonly ok: true; readonly supergraph: string; readonly publicSdl: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const subgraphNames = ['hub', 'participant', 'registry'] as const satisfies readonly SubgraphName[];

export function compose(sdl: Readonly<Record<SubgraphName, string>>, without: readonly RuleName[] = []): Composition {
  const composedWhole = composeServices(
    subgraphNames.map((name) => ({ name, typeDefs: parse(sdl[name]), url: `kortelijn://${name}` })),
  );
  const composed = composedWhole.errors ? composedWhole : withoutUnreachable(composedWhole);
  const failures: Problem[] = (composed.errors ?? []).map(({ message }) => ({ rule: 'composition', message }));
  const contract: Contract = {
    subgraphs: {
      hub: readSubgraph('hub', sdl.hub),
      participant: readSubgraph('participant', sdl.participant),
      registry: readSubgraph('registry', sdl.registry),
    },
    publicSdl: composed.publicSdl ?? '',
  };
  const broken = (Object.keys(rules) as RuleName[]).flatMap((rule) =>
    // There is no public schema to describe when composition failed.
    without.includes(rule) || (rule === 'descriptions' && composed.errors)
      ? []
      : rules[rule](contract).map((message) => ({ rule, message })),
  );
  const problems = [...failures, ...broken];
  if (problems.length > 0 || composed.errors) return { ok: false, problems };
  return { ok: true, supergraph: `${composed.supergraphSdl.trim()}\n`, publicSdl: `${composed.publicSdl.trim()}\n` };
}

/** What only the hub's directives name, such as RouteBy, is no business of a caller. */
function withoutUnreachable(composed: CompositionSuccess): CompositionSuccess {
  const { resolveImportName } = extractLinkImplementations(composed.supergraphDocumentNode);
  return addInaccessibleToUnreachableTypes(resolveImportName, composed);
}
