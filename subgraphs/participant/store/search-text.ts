/**
 * What text search looks at, lower-cased here: the database's byte-order locale knows no capitals beyond ASCII. Two
 * columns, because not everybody who sees a title may search the description.
 */
export interface SearchColumns {
  readonly searchTitle: string;
  readonly searchText: string;
}

export function searchColumns(of: {
  readonly title: string;
  readonly description: string | null;
  readonly reference: string;
}): SearchColumns {
  const searchTitle = of.title.toLowerCase();
  return {
    searchTitle,
    searchText: [searchTitle, (of.description ?? '').toLowerCase(), of.reference.toLowerCase()].join('\n'),
  };
}

/** The words of a search as LIKE patterns: all must occur, each anywhere. */
export function searchPatterns(text: string): readonly string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return [...new Set(words)].map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
}
