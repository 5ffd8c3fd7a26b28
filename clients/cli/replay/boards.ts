/**
 * Boards that are open while a log is replayed: each follows the stream of incidents under the rights of a program and
 * keeps what it is told, nothing else. In the end each must hold what a query of the same program answers.
 */
import { type Client, createClient, type Stream, type TypedDocument } from '@kortelijn/sdk';
import { login, type ProgramClient, type ProgramCredentials } from '../program-client.ts';
import type { StreamItem } from '../tail/streams.ts';
import type { Player } from './organisations.ts';

export interface BoardsOptions {
  readonly count: number;
  readonly hubUrl: string;
  readonly credentials: ReadonlyMap<Player, ProgramCredentials>;
  readonly signal: AbortSignal;
}

export interface Boards extends AsyncDisposable {
  /** Resolves when every board hears all feeds. */
  readonly ready: Promise<void>;
  /** Waits until every board is up to date and holds each against the hub. */
  judge(clients: ReadonlyMap<Player, ProgramClient>): Promise<BoardsVerdict>;
}

export interface BoardsVerdict {
  readonly boards: number;
  readonly complete: number;
  readonly changes: number;
  readonly doubled: number;
  readonly gaps: number;
  /** What is wrong with the first that are not complete. */
  readonly wrong: readonly string[];
}

interface Board {
  readonly player: Player;
  readonly rows: Map<string, string>;
  readonly seen: Set<string>;
  changes: number;
  doubled: number;
  gaps: number;
  /** Heartbeats in a row in which every feed was heard. */
  calm: number;
}

/** Two boards of one participant ask for different things, as boards do. */
const selections = ['id state reference', 'id state title priority chainId updatedAt'];
const documentOf = (selection: string): string => `subscription Board($after: String) {
  item: incidentChanged(after: $after) {
    __typename
    ... on IncidentChange { id cursor incident { ${selection} } }
    ... on Gone { id cursor subjectId }
    ... on Gap { cursor reason participant { id name } }
    ... on Heartbeat { cursor feeds { participant { id name } state lagMs } }
  }
}`;
const listDocument = `query Everything($after: String) {
  incidents(first: 100, after: $after, orderBy: CREATED_ASC) {
    nodes { id state }
    pageInfo { hasNextPage endCursor }
    coverage { complete }
  }
}`;
/** So many in a row, and what was sent before them has come. */
const calmMin = 3;
const pollMs = 250;

export function openBoards({ count, hubUrl, credentials, signal }: BoardsOptions): Boards {
  const players = [...credentials.keys()];
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  // Boards of one participant share its client, and so its token.
  const hubs = new Map(
    [...credentials].map(([player, one]) => [
      player,
      createClient({ url: hubUrl, token: async () => (await login(one)).token }),
    ]),
  );
  const boards: Board[] = [];
  const streams: Stream<StreamItem>[] = [];
  const running: Promise<void>[] = [];
  let failure: unknown;

  for (let index = 0; index < count; index += 1) {
    const player = players[index % players.length] as Player;
    const selection = selections[Math.floor(index / players.length) % selections.length] as string;
    const board = { player, rows: new Map(), seen: new Set<string>(), changes: 0, doubled: 0, gaps: 0, calm: 0 };
    boards.push(board);
    const document = documentOf(selection) as TypedDocument<{ readonly item: StreamItem }, { readonly after?: string }>;
    const items = (hubs.get(player) as Client).subscribe(document);
    streams.push(items);
    running.push(
      (async () => {
        for await (const item of items) take(board, item);
      })().catch((error) => {
        failure ??= error;
      }),
    );
  }
  both.addEventListener('abort', () => {
    for (const stream of streams) void stream.return();
  });
  const calm = async (): Promise<void> => {
    for (const board of boards) board.calm = 0;
    while (!both.aborted && boards.some((board) => board.calm < calmMin)) {
      if (failure !== undefined) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };

  return {
    ready: calm(),
    async judge(clients) {
      await calm();
      const wrong: string[] = [];
      for (const player of players) {
        const expected = await everything(clients.get(player) as ProgramClient);
        for (const [index, board] of boards.entries()) {
          const difference = board.player === player ? differs(board, expected) : undefined;
          if (difference !== undefined) wrong.push(`board ${index} of ${player}: ${difference}`);
        }
      }
      const total = (of: (board: Board) => number): number => boards.reduce((sum, board) => sum + of(board), 0);
      return {
        boards: boards.length,
        complete: boards.length - wrong.length,
        changes: total(({ changes }) => changes),
        doubled: total(({ doubled }) => doubled),
        gaps: total(({ gaps }) => gaps),
        wrong: wrong.slice(0, 5),
      };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

function take(board: Board, { __typename: kind, id, incident, subjectId, feeds }: StreamItem): void {
  if (kind === 'Heartbeat') {
    board.calm = feeds?.every(({ state }) => state === 'LIVE') ? board.calm + 1 : 0;
    return;
  }
  board.calm = 0;
  if (kind === 'Gap') {
    board.gaps += 1;
    return;
  }
  if (id !== undefined && board.seen.has(id)) board.doubled += 1;
  if (id !== undefined) board.seen.add(id);
  board.changes += 1;
  if (kind === 'Gone' && subjectId !== undefined) board.rows.delete(subjectId);
  else if (incident) board.rows.set(incident.id, incident.state ?? '');
}

async function everything(client: ProgramClient): Promise<ReadonlyMap<string, string>> {
  const rows = new Map<string, string>();
  let after: string | null = null;
  do {
    const { data, errors } = await client.ask(listDocument, { after });
    const page = data?.incidents;
    if (!page?.coverage.complete) throw new Error(`Expected a complete list, got ${JSON.stringify(errors ?? data)}`);
    for (const { id, state } of page.nodes) rows.set(id, state ?? '');
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return rows;
}

function differs({ rows }: Board, expected: ReadonlyMap<string, string>): string | undefined {
  const missing = [...expected].filter(([id, state]) => rows.get(id) !== state);
  const tooMany = [...rows.keys()].filter((id) => !expected.has(id));
  if (missing.length === 0 && tooMany.length === 0) return undefined;
  return `${missing.length} missing or of another state, ${tooMany.length} too many of ${expected.size}, such as ${missing[0]?.[0] ?? tooMany[0]}`;
}
