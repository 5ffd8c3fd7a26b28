/** The rules for texts and commandIds that people and programs send. Nothing is cut to fit. */
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { invalidInput, type Refusal } from './refusal.ts';

export function refuseText(text: string, path: string, charactersMax: number): Refusal | undefined {
  if (text.trim() === '') return invalidInput('TEXT_REQUIRED', path, `Expected a text in ${path}, found none.`);
  if (text.length > charactersMax) {
    const message = `Expected at most ${charactersMax} characters in ${path}, found ${text.length}.`;
    return invalidInput('TEXT_TOO_LONG', path, message);
  }
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) {
    return invalidInput('TEXT_NOT_STORABLE', path, `${path} holds U+0000 or half a surrogate pair.`);
  }
  return undefined;
}

export function refuseCommandId(commandId: string): Refusal | undefined {
  if (/^[\x21-\x7e]+$/.test(commandId) && commandId.length <= textLengthsMax.commandId) return undefined;
  const message = `commandId is 1 to ${textLengthsMax.commandId} visible ASCII characters, such as a UUID.`;
  return invalidInput('COMMAND_ID_MALFORMED', 'input.commandId', message);
}
