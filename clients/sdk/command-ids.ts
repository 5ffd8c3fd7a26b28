/**
 * Every command of the hub takes a `commandId`: the same id has the same effect once, however often it is sent. Where the
 * caller gave none, one is made here, before the first try.
 */

export type Variables = Readonly<Record<string, unknown>>;

const asInput = /\binput\s*:\s*\$(\w+)/g;
const asItself = /\bcommandId\s*:\s*\$(\w+)/g;

export interface Commanded {
  readonly variables: Variables;
  /** All ids, given and made. */
  readonly commandIds: readonly string[];
}

export function withCommandIds(text: string, given: Variables, newId: () => string): Commanded {
  const variables: Record<string, unknown> = { ...given };
  const commandIds: string[] = [];
  for (const name of namesIn(text, asItself)) {
    variables[name] ??= newId();
    commandIds.push(String(variables[name]));
  }
  for (const name of namesIn(text, asInput)) {
    const input = variables[name];
    if (typeof input !== 'object' || input === null) continue;
    const { commandId = newId() } = input as { readonly commandId?: unknown };
    variables[name] = { ...input, commandId };
    commandIds.push(String(commandId));
  }
  return { variables, commandIds };
}

const namesIn = (text: string, pattern: RegExp): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name));

/** A random UUID (version 4); `crypto.randomUUID` is there in secure contexts only. */
export function newCommandId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
