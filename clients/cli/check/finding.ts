/** How a check says that a rule is broken, or that nothing can be said of it. */

/** The rule is broken, and this is how it shows. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Something else is in the way. */
export class CannotJudge extends Error {
  override readonly name = 'CannotJudge';
}

/** `what` is said in the words "expected …, found …". */
export function must(ok: boolean, expected: string, found: unknown): asserts ok {
  if (!ok) throw new Finding(`Expected ${expected}; found ${shown(found)}.`);
}

const SHOWN_CHARACTERS_MAX = 300;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}
