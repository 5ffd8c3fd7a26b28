/** Pages of the list of incidents, one after another, as the hub reads them. */

import type { Examined } from '../examined.ts';
import { must } from '../finding.ts';
import type { Claims } from '../trust.ts';

export interface Row {
  readonly id: string;
  readonly reference: string | null;
  readonly priority: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

export interface Edge {
  readonly cursor: string;
  readonly node: Row;
}

export interface Page {
  readonly edges: readonly Edge[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const PAGE = `query ($filter: IncidentFilter, $orderBy: IncidentOrder!, $first: Int!, $after: String) {
  incidents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    edges { cursor node { id reference priority createdAt updatedAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

/** More pages than any check makes rows for. */
const PAGES_MAX = 40;

export interface PageQuery {
  readonly filter: Claims;
  readonly orderBy: string;
  readonly first: number;
}

export async function readPage(endpoint: Examined, query: PageQuery, after: string | null = null): Promise<Page> {
  const { data, errors, text } = await endpoint.ask(endpoint.desk, PAGE, { ...query, after });
  const page = data?.incidents;
  must(errors.length === 0 && Array.isArray(page?.edges), 'a page of incidents without errors', text);
  return page;
}

/** Every page to the end. `between` is done after each page. */
export async function readPages(
  endpoint: Examined,
  query: PageQuery,
  between: () => Promise<unknown> = async () => {},
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let after: string | null = null; pages.length < PAGES_MAX; ) {
    const page = await readPage(endpoint, query, after);
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.edges.at(-1)?.cursor ?? null;
    must(after !== null, 'a row in a page that says that more follow', page);
    await between();
  }
  return pages;
}

export const edgesOf = (pages: readonly Page[]): readonly Edge[] => pages.flatMap(({ edges }) => edges);
export const idsOf = (pages: readonly Page[]): readonly string[] => edgesOf(pages).map(({ node }) => node.id);
