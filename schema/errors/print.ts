import { type ErrorPlace, errorCodes } from './codes.ts';

/** Prints the page that people read from the list that programs use. */
const places: Record<ErrorPlace, { readonly title: string; readonly where: string }> = {
  request: {
    title: 'The request',
    where: 'The whole request, or a stream, was refused: `extensions.code` of an error, or the reason of a close.',
  },
  party: {
    title: "A participant's part",
    where: 'One part of the answer: `extensions.code` of an error with its path, or `code` of a party in `coverage`.',
  },
  rule: {
    title: 'A rule',
    where:
      'A rule said no: `code` of `NotAllowed` and `InvalidInput` in the result of a mutation, `reason` in `availableActions`.',
  },
  delivery: {
    title: 'A delivery',
    where: 'A message between parties was refused or waits: `code` of `Envelope` and of a receipt.',
  },
};

export function printErrors(): string {
  const sections = (Object.keys(places) as ErrorPlace[]).map((place) => {
    const rows = Object.entries(errorCodes)
      .filter(([, definition]) => definition.place === place)
      .map(
        ([code, { meaning, remedy, retryable }]) =>
          `| \`${code}\` | ${meaning} | ${remedy} | ${retryable ? 'yes' : 'no'} |`,
      );
    const { title, where } = places[place];
    return [`## ${title}`, '', where, '', '| code | meaning | what to do | retry |', '|---|---|---|---|', ...rows].join(
      '\n',
    );
  });
  return `${[
    '# Errors',
    '<!-- Printed from codes.ts by `npm run generate`. Edit that file, not this one. -->',
    [
      'An error carries `extensions { code participant retryable traceId }`; never a stack or an inner address.',
      '"Retry" says whether the same request, unchanged, may succeed later. A command is retried with its `commandId`.',
    ].join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
}
