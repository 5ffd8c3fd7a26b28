/** Builds one SQL statement with its values; the same text is prepared once per connection. */
import { createHash } from 'node:crypto';
import type { Pool } from '@kortelijn/kit/postgres/connect.ts';
import { codedError } from '../errors.ts';

export interface Statement {
  /** Takes a value in and answers its placeholder. */
  readonly bind: (value: unknown) => string;
  run<Row extends object>(pool: Pool, text: string): Promise<Row[]>;
}

const PREPARED_MAX = 300;
const prepared = { list: new Map<string, string>(), prisma: new Map<string, string>() };

export function createStatement(): Statement {
  const values: unknown[] = [];
  return {
    bind: (value) => {
      values.push(storable(value));
      return `$${values.length}`;
    },
    run: async (pool, text) => {
      return (await pool.query({ name: statementName('list', text), text, values })).rows;
    },
  };
}

/** PostgreSQL has no text with U+0000, so nothing it keeps can match one. */
function storable(value: unknown): unknown {
  const texts = Array.isArray(value) ? value : [value];
  if (texts.some((text) => typeof text === 'string' && text.includes('\0'))) {
    throw codedError('BAD_USER_INPUT', 'Expected text without the character U+0000.');
  }
  return value;
}

/**
 * Texts beyond the bound are run unprepared: a connection keeps what it has prepared for as long as it lives. Empty is
 * what pg takes for no name.
 */
export function statementName(kind: keyof typeof prepared, text: string): string {
  const names = prepared[kind];
  const known = names.get(text);
  if (known) return known;
  if (names.size >= PREPARED_MAX) return '';
  const name = `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
}
