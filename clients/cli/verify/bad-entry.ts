/**
 * Finds the entry that a file which cannot be read is broken at. Entries hold base64url and dots only, so their list is
 * found, and cut, by its quotes and commas even where JSON no longer reads it.
 */
export function badEntryIn(text: string): number | undefined {
  const begin = text.search(/"entries":\["/);
  if (begin < 0) return undefined;
  const list = text.slice(begin + '"entries":['.length);
  // The canonical order of members says what follows the list; without it the list itself has lost its end.
  const end = list.search(/\],"format":/);
  const pieces = (end < 0 ? list : list.slice(0, end)).split(',');
  const bad = pieces.findIndex((piece) => !/^"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"$/.test(piece));
  return bad < 0 ? undefined : bad;
}
