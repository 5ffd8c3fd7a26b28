/** One statement for all keys that one step of an operation asks for; per request, since what may be read is. */
import DataLoader from 'dataloader';

/** What the statement does not answer is null. */
export function byKey<Row>(read: (ids: readonly string[]) => Promise<readonly (readonly [string, Row | null])[]>) {
  return new DataLoader<string, Row | null>(async (ids) => {
    const found = new Map(await read(ids));
    return ids.map((id) => found.get(id) ?? null);
  });
}

export function byParent<Row extends { readonly incidentId: string }>(
  read: (ids: readonly string[]) => Promise<Row[]>,
) {
  return new DataLoader<string, readonly Row[]>(async (ids) => {
    const found = new Map<string, Row[]>(ids.map((id) => [id, []]));
    for (const row of await read(ids)) found.get(row.incidentId)?.push(row);
    return ids.map((id) => found.get(id) ?? []);
  });
}
