import type { DisclosedItem } from '@kortelijn/schema/interpret/escalation/dispute-file.ts';
import type { Verdict } from '@kortelijn/schema/interpret/escalation/verify-file.ts';

/** What a person reads: the verdict first, then what the file does not show and what it proves. */
export function printVerdict(verdict: Verdict): string {
  if (!verdict.ok) {
    const { part, index, code, message } = verdict;
    const where = index === undefined ? part : `${nouns[part] ?? part} ${index}`;
    return `NOT SOUND. The first thing that is wrong: ${where}.\n  ${code}: ${message}`;
  }
  const { escalation, isPinned, registryKids, withheld, faults, forks, unplaced } = verdict;
  const { id, level, state, involved, places } = escalation;
  return [
    `SOUND. ${id}: level ${level}, ${state}, ${places.length} entries, parties ${involved.join(', ')}.`,
    isPinned
      ? 'Signed under the registry key that was given.'
      : `Signed under the registry key in the file itself: compare ${registryKids.join(', ')} with the registry's, or give --registry-key.`,
    ...withheld.map(withheldLine),
    ...faults.map(({ index, code }) => `Entry ${index} does not count: ${code}.`),
    ...forks.map(
      ({ epoch, index, signers }) =>
        `Two entries for place ${index} of epoch ${epoch}, both signed by ${signers.join(', ')}.`,
    ),
    ...(unplaced > 0 ? [`${unplaced} signed act(s) that the home gave no place.`] : []),
  ].join('\n');
}

const nouns: Readonly<Record<string, string>> = {
  entries: 'entry',
  directories: 'directory',
  besides: 'entry besides the chain',
};

function withheldLine({ party, act, text, hash, state, reason }: DisclosedItem): string {
  const why = {
    WITHHELD: `withheld by ${party}: ${reason ? `"${reason.text}"` : 'the reason is not in the file'}`,
    UNDECIDED: `${party} has not decided`,
    MISSING: `${party} lets it go, and it could not be fetched`,
    DISCLOSED: 'shown',
  }[state];
  return `  ${text} of ${act}: ${hash} (${why})`;
}
