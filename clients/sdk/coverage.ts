/** What is known of who answered, of one part of an answer: as far as the document selected it. */
export interface Coverage {
  /** Whether nobody is missing. */
  readonly complete?: boolean;
  readonly asked?: number;
  readonly answered?: number;
  /** Where a stream goes on from this answer without loss. */
  readonly liveCursor?: string | null;
  readonly parties?: readonly {
    readonly participant?: { readonly id?: string; readonly name?: string };
    readonly outcome?: string;
    readonly code?: string | null;
    readonly ageSeconds?: number | null;
  }[];
}

/** Every `coverage` in an answer with the path at which it stands, such as `incidents`. */
export function coverageIn(
  data: unknown,
  path = '',
): readonly { readonly path: string; readonly coverage: Coverage }[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => {
    if (name === 'coverage' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return [{ path, coverage: value as Coverage }];
    }
    return coverageIn(value, path === '' ? name : `${path}.${name}`);
  });
}
