/**
 * What a text may hold. A refused text is refused whole: nothing is cut or cleaned, because what is stored must be what
 * was written. Line breaks and tabs are text; other control characters are not, they hide things on screens and in logs.
 */
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { invalidInput, type Refusal } from './refusal.ts';

export interface Bounds {
  readonly lengthMax: number;
  /** A title is one line. */
  readonly lines?: boolean;
  readonly optional?: boolean;
}

/** Half a surrogate pair, or a control character, or a character that turns the direction of what follows. */
const NOT_STORABLE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const LINE_BREAK = /[\t\n\r\u2028\u2029]/;

export const TEXTS = {
  title: { lengthMax: textLengthsMax.title },
  service: { lengthMax: textLengthsMax.service },
  teamName: { lengthMax: textLengthsMax.service, optional: true },
  batch: { lengthMax: textLengthsMax.batch },
  description: { lengthMax: textLengthsMax.description, lines: true, optional: true },
  note: { lengthMax: textLengthsMax.note, lines: true },
  reason: { lengthMax: textLengthsMax.reason, lines: true },
  solution: { lengthMax: textLengthsMax.solution, lines: true },
  question: { lengthMax: textLengthsMax.question, lines: true },
  answer: { lengthMax: textLengthsMax.answer, lines: true },
  statusNote: { lengthMax: textLengthsMax.reason, lines: true, optional: true },
} as const satisfies Record<string, Bounds>;

export function refuseText(text: string | null | undefined, path: string, bounds: Bounds): Refusal | undefined {
  if (text === null || text === undefined || text.trim() === '') {
    if (bounds.optional) return undefined;
    return invalidInput('TEXT_REQUIRED', path, `${path} must not be empty.`);
  }
  if (text.length > bounds.lengthMax) {
    const message = `${path} holds ${text.length} characters; at most ${bounds.lengthMax} are allowed.`;
    return invalidInput('TEXT_TOO_LONG', path, message);
  }
  if (NOT_STORABLE.test(text) || CONTROL.test(text) || (!bounds.lines && LINE_BREAK.test(text))) {
    return invalidInput('TEXT_NOT_STORABLE', path, `${path} holds a control character or half a character; remove it.`);
  }
  return undefined;
}

/** The first text that breaks a rule, in the order given. */
export function refuseTexts(
  texts: readonly (readonly [text: string | null | undefined, path: string, bounds: Bounds])[],
): Refusal | undefined {
  for (const [text, path, bounds] of texts) {
    const refusal = refuseText(text, path, bounds);
    if (refusal) return refusal;
  }
  return undefined;
}
