/** Who is in a chain of handovers, and who keeps rows of it. What the holders say stands in the contract's chain.ts. */

/** Sorted, so that two ways to the same set are the same array. Nobody ever leaves it. */
export function withInvolved(involved: readonly string[], ...more: readonly (string | null)[]): readonly string[] {
  const all = new Set(involved);
  for (const one of more) if (one !== null) all.add(one);
  return all.size === involved.length ? involved : [...all].sort();
}

/** Each once, and never this participant itself. */
export function earlierHolders(holders: readonly string[], me: string): readonly string[] {
  return [...new Set(holders)].filter((holder) => holder !== me).sort();
}
