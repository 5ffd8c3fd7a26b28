/** All incidents that a caller may see now, page by page, with the cursor at which a stream goes on from them. */

export interface Row {
  readonly id: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

export interface Loaded {
  readonly rows: readonly Row[];
  /** Of the first page: what changed while the others were read comes in the stream once more. */
  readonly liveCursor: string | null;
  /** Participants of which not every page came. */
  readonly missing: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
}

export interface Loading {
  readonly hub: string;
  readonly token: string;
  /** What is kept of each incident, beside id and version. */
  readonly fields: string;
  readonly participants?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
  readonly pageSize?: number;
}

/** The hub's answer was no; with its code. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const pagesMax = 1_000;

export async function loadIncidents(loading: Loading): Promise<Loaded> {
  const rows = new Map<string, Row>();
  const missing = new Set<string>();
  const asked = new Set<string>();
  let liveCursor: string | null = null;
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await askPage(loading, after);
    if (page === 0) liveCursor = answer.coverage.liveCursor;
    for (const row of answer.nodes) rows.set(row.id, row);
    for (const { participant, outcome } of answer.coverage.parties) {
      asked.add(participant.id);
      if (outcome !== 'FRESH') missing.add(participant.id);
    }
    // Pages go on while somebody is missing, in case they are back; who follows the stream asks for those again.
    if (!answer.pageInfo.hasNextPage || answer.nodes.length === 0) break;
    after = answer.pageInfo.endCursor;
  }
  return { rows: [...rows.values()], liveCursor, missing, asked };
}

interface Page {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly coverage: {
    readonly liveCursor: string | null;
    readonly parties: readonly { readonly participant: { readonly id: string }; readonly outcome: string }[];
  };
}

async function askPage({ hub, token, fields, participants, signal, pageSize = 100 }: Loading, after: string | null) {
  const query = `query ($first: Int!, $after: String, $participants: [ID!]) {
    incidents(first: $first, after: $after, participants: $participants, orderBy: CREATED_DESC) {
      nodes { id version ${fields} }
      pageInfo { endCursor hasNextPage }
      coverage { liveCursor parties { participant { id } outcome } }
    } }`;
  const response = await fetch(`${hub}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { first: pageSize, after, participants } }),
    ...(signal && { signal }),
  });
  const { data, errors } = (await response.json()) as {
    data?: { incidents: Page | null } | null;
    errors?: { message: string; extensions?: { code?: string } }[];
  };
  if (!data?.incidents) {
    const [first] = errors ?? [];
    throw new Refused(first?.extensions?.code ?? `HTTP ${response.status}`, first?.message ?? 'no answer');
  }
  return data.incidents;
}
