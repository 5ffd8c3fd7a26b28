import { sha256 } from '../canonical.ts';

/** A text as its author keeps it. The salt keeps others from guessing short texts from their hash. */
export interface SaltedText {
  /** 16 random bytes, base64url. */
  readonly salt: string;
  readonly text: string;
}

export function textHash({ salt, text }: SaltedText): string {
  return sha256(`kortelijn text v1\n${salt}\n${text}`);
}
