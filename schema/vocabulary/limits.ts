/** How long what people write may be, in UTF-16 code units. Longer input is refused with TEXT_TOO_LONG, nothing is cut. */
export const textLengthsMax = {
  title: 200,
  service: 100,
  reason: 2_000,
  question: 4_000,
  answer: 4_000,
  description: 20_000,
  note: 20_000,
  solution: 20_000,
  searchText: 200,
  commandId: 64,
  batch: 64,
} as const;

/** Rows of one page of a list. */
export const pageSizeMax = 100;

/** Participants that one incident may involve. */
export const involvedCountMax = 100;
