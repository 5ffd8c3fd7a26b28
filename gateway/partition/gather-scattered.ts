/**
 * A scattered root field, from what each participant said to one answer with its coverage.
 *
 * The merge is pure and stands elsewhere; what waits here is only a participant that must be asked for more rows.
 */
import type { PartyResult } from './ask-roots.ts';
import { coverage, isComplete, type PartyCoverage } from './coverage.ts';
import { type ConnectionOutcome, gatherConnection } from './gather-connection.ts';
import { type Gathered, gatherPage, gatherSummary } from './gather-root.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { ListCursors } from './list-cursors.ts';
import { codeOf, isMissing, type Outcome } from './outcome.ts';
import type { CursorBinding, ListPosition } from './page-cursor.ts';
import { type PartialError, partialError } from './partial-error.ts';
import { cursorsOf, hasNextPageOf, headsOf, heldAgainstMerge, isHeard, joined } from './party-rows.ts';
import type { CompiledRoot } from './rewrite.ts';

export interface Scattered {
  readonly root: CompiledRoot;
  readonly given: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What each participant said, in the order of the directory. */
  readonly results: readonly PartyResult[];
  /** Named in the coverage without having been asked. */
  readonly unasked: readonly PartyCoverage[];
  /** Of a list: what its cursors are bound to, and where it stands. */
  readonly binding: CursorBinding | undefined;
  readonly position: ListPosition | undefined;
  readonly traceId: string | undefined;
  readonly nowMs: number;
  askOn(participant: string, after: string): Promise<PartyResult>;
}

export interface ScatteredOptions {
  readonly cursors: ListCursors;
  readonly kept: KeptAnswers;
  /** Seals the participants' feed heads into the cursor from which a stream goes on. */
  readonly liveCursor: (heads: ReadonlyMap<string, string>) => string | null;
  /** Told of each party of each scattered answer, for the figures. */
  readonly onOutcome?: ((participant: string, outcome: Outcome) => void) | undefined;
}

/** An endpoint whose rows all had to be passed over is asked on so often; then the page is shorter. */
const roundsMax = 8;

export async function gatherScattered(
  asked: Scattered,
  options: ScatteredOptions,
): Promise<Gathered | { readonly value: null; readonly errors: readonly PartialError[] }> {
  const { root, given, position, unasked, traceId, nowMs } = asked;
  const { results, outcome } = await filled(asked, options);
  const parties = results.map((result) => partyOf(result, outcome));
  const all = [...parties, ...unasked].sort((a, b) => (a.participant < b.participant ? -1 : 1));
  for (const { participant, outcome: said } of all) options.onOutcome?.(participant, said);
  if (given.onMissing === 'STOP' && !isComplete(all)) return { value: null, errors: [stopped(root, parties, traceId)] };
  if (parties.length > 0 && parties.every(({ code }) => code === 'OVERLOADED')) {
    // Nobody was asked: this is no partial answer but none.
    return { value: null, errors: [partialError('OVERLOADED', [root.key], { traceId })] };
  }
  const heard = results.filter(({ said }) => said.outcome === 'FRESH' || said.outcome === 'STALE');
  const told = coverage(all, nowMs, root.connection?.asksHead ? () => options.liveCursor(headsOf(heard)) : undefined);
  const input = { root, heard, coverage: told, variables: asked.variables, traceId };
  const { binding } = asked;
  const gathered =
    outcome === undefined || binding === undefined
      ? gatherSummary(input)
      : gatherPage({
          ...input,
          outcome,
          isFirstPage: position === undefined,
          cursorAfter: (index) => options.cursors.write(outcome.positionAfter(index), binding),
          endCursor: () => options.cursors.write(outcome.next, binding),
        });
  return tellsCoverage(root)
    ? gathered
    : { ...gathered, errors: [...gathered.errors, ...missingOf(root, parties, traceId)] };
}

/** The results with enough rows of each participant to fill the page, as far as asking on brings them. */
async function filled(
  { root, given, results: found, position, nowMs, askOn }: Scattered,
  { kept }: ScatteredOptions,
): Promise<{ results: readonly PartyResult[]; outcome: ConnectionOutcome | undefined }> {
  const first = typeof given.first === 'number' ? given.first : Number.MAX_SAFE_INTEGER;
  const keptQuery = root.field?.kind === 'scattered' && root.field.isKept ? keptUnder(root, given) : undefined;
  const results = found.map((result) => {
    const held = heldAgainstMerge(root, result, position?.parties.get(result.participant)?.after, first);
    return keptQuery === undefined ? held : kept.stand(root, keptQuery, held, nowMs);
  });
  const gather = () =>
    gatherConnection({
      pages: results.filter(isHeard).map((result) => ({
        participant: result.participant,
        cursors: cursorsOf(root, result),
        hasNextPage: hasNextPageOf(result),
      })),
      silent: results.filter((result) => !isHeard(result)).map(({ participant }) => participant),
      position,
      first,
      nowMs,
    });
  if (root.connection === undefined) return { results, outcome: undefined };
  let outcome = gather();
  for (let round = 0; outcome.wanting.length > 0 && round < roundsMax; round += 1) {
    const heard = results.filter(isHeard);
    await Promise.all(
      outcome.wanting.map(async (page) => {
        const before = heard[page] as PartyResult;
        const after = cursorsOf(root, before).at(-1);
        if (after === undefined) return;
        const more = heldAgainstMerge(root, await askOn(before.participant, after), after, first);
        results[results.indexOf(before)] = isHeard(more) ? joined(root, before, more) : more;
      }),
    );
    outcome = gather();
  }
  return { results, outcome };
}

function partyOf(
  { participant, said, receivedAtMs, skewMs }: PartyResult,
  outcome: ConnectionOutcome | undefined,
): PartyCoverage {
  const since = outcome?.resumed.get(participant);
  const resumedFrom = since === undefined ? undefined : new Date(since).toISOString();
  return { participant, isAsked: true, ...said, asOfMs: receivedAtMs, skewMs, resumedFrom };
}

function stopped(root: CompiledRoot, parties: readonly PartyCoverage[], traceId: string | undefined): PartialError {
  const participants = parties
    .filter(({ outcome }) => isMissing(outcome))
    .map(({ participant, outcome, code }) => ({ participant, outcome, code }));
  return partialError('MISSING_PARTIES', [root.key], {
    traceId,
    participant: participants[0]?.participant,
    participants,
  });
}

function tellsCoverage({ connection, summary }: CompiledRoot): boolean {
  return (connection?.outputs ?? summary?.outputs ?? []).some(({ kind }) => kind === 'coverage');
}

/** Who does not ask for the coverage is told of the missing ones all the same. */
function missingOf(root: CompiledRoot, parties: readonly PartyCoverage[], traceId: string | undefined): PartialError[] {
  return parties
    .filter(({ outcome }) => isMissing(outcome))
    .map((party) => {
      const { participant, outcome, reason } = party;
      return partialError(codeOf(party), [root.key], {
        participant,
        traceId,
        outcome,
        ...(reason !== undefined && { reason }),
      });
    });
}

/** The same question to one participant, whomever else it went to. */
function keptUnder(root: CompiledRoot, given: Readonly<Record<string, unknown>>): string {
  const { participants: _whom, ...rest } = given;
  return `${root.name} ${JSON.stringify(rest)}`;
}
