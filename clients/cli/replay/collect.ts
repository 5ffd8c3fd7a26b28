/** Reads the replayed incidents back from the hub, page by page, and joins the segments of each chain to one course. */
import type { ProgramClient } from '../program-client.ts';
import type { Completion, Course, Moment } from './course.ts';
import { incidentPage, timelinePage } from './documents.ts';
import type { Player } from './organisations.ts';

interface Entry {
  readonly event: string;
  readonly state: string;
  readonly waitReason: string | null;
  readonly at: string;
  readonly text: string | null;
  readonly team: { readonly line: number; readonly organisationLine: string | null } | null;
}

interface Segment {
  readonly id: string;
  readonly chainId: string;
  readonly owner: { readonly id: string };
  readonly previous: { readonly id: string } | null;
  readonly imported: { readonly batch: string } | null;
  readonly notes: readonly { readonly id: string; readonly note: { readonly text: string } | null }[];
  readonly timeline: { readonly nodes: Entry[]; readonly pageInfo: { hasNextPage: boolean; endCursor: string } };
}

export async function collectCourses(
  clients: ReadonlyMap<Player, ProgramClient>,
  batch: string,
  onPage: (incidentCount: number) => void,
): Promise<readonly Course[]> {
  const chains = new Map<string, Segment[]>();
  let incidentCount = 0;
  for (const [player, client] of clients) {
    for await (const segment of incidentsOf(player, client)) {
      if (segment.imported?.batch !== batch) continue;
      await completeTimeline(segment, client);
      chains.set(segment.chainId, [...(chains.get(segment.chainId) ?? []), segment]);
      if (++incidentCount % 500 === 0) onPage(incidentCount);
    }
  }
  return [...chains.values()].map(courseOfChain);
}

async function* incidentsOf(player: Player, client: ProgramClient): AsyncGenerator<Segment> {
  let after: string | null = null;
  do {
    const { data, errors } = await client.ask(incidentPage, { participants: [player], after });
    const page: { nodes: Segment[]; pageInfo: { hasNextPage: boolean; endCursor: string } } | undefined =
      data?.incidents;
    if (page === undefined || page === null)
      throw new Error(`Expected a page of ${player}, got ${JSON.stringify(errors)}`);
    yield* page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}

async function completeTimeline({ id, timeline }: Segment, client: ProgramClient): Promise<void> {
  let { pageInfo } = timeline;
  while (pageInfo.hasNextPage) {
    const { data, errors } = await client.ask(timelinePage, { id, after: pageInfo.endCursor });
    const more = data?.incident?.timeline as Segment['timeline'] | undefined;
    if (more === undefined) throw new Error(`Expected the timeline of ${id}, got ${JSON.stringify(errors)}`);
    timeline.nodes.push(...more.nodes);
    pageInfo = more.pageInfo;
  }
}

function courseOfChain(segments: readonly Segment[]): Course {
  const after = new Map(segments.map((segment) => [segment.previous?.id ?? '', segment]));
  const moments: Moment[] = [];
  for (let segment = after.get(''); segment !== undefined; segment = after.get(segment.id)) {
    for (const entry of withNotes(segment)) {
      // The old holder's last word is the new holder's first moment.
      if (entry.state !== 'HANDED_OVER') moments.push(momentOf(entry, segment.owner.id, moments.at(-1)));
    }
  }
  return moments;
}

/** A note's text stays with its author and is not in the timeline; ids are in the order of writing, as entries are. */
function withNotes({ notes, timeline }: Segment): readonly Entry[] {
  const texts = [...notes]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ note }) => note?.text ?? null)
    [Symbol.iterator]();
  return timeline.nodes.map((entry) =>
    entry.event === 'addNote' ? { ...entry, text: texts.next().value ?? null } : entry,
  );
}

const queueEvents = new Set(['report', 'takeIn', 'assign']);

function momentOf(entry: Entry, holder: string, before: Moment | undefined): Moment {
  return {
    atMs: Date.parse(entry.at),
    holder,
    line: entry.team?.line ?? null,
    organisationLine: entry.team?.organisationLine ?? null,
    label: entry.waitReason === null ? entry.state : `${entry.state} ${entry.waitReason}`,
    queued: queueEvents.has(entry.event) || (entry.text?.startsWith('Queued') ?? false),
    completion: completionOf(entry, before),
  };
}

/** The lifecycle knows one RESOLVED; the words that the replay sent with it tell a first call from the rest. */
function completionOf({ state, text }: Entry, before: Moment | undefined): Completion | null {
  if (state === 'CLOSED' || state === 'CANCELLED') return state;
  if (state !== 'RESOLVED') return null;
  if (text?.startsWith('Completed · In Call')) return 'FIRST_CALL';
  if (text?.startsWith('Completed')) return 'NORMAL';
  return before?.completion ?? 'NORMAL';
}
