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
const prepared = new Map<string, string>();

export function createStatement(): Statement {
  const values: unknown[] = [];
  return {
    bind: (value) => {
      values.push(storable(value));
      return `$${values.length}`;
    },
    run: async (pool, text) => {
      const name = nameOf(text);
      return (await pool.query({ ...(name && { name }), text, values })).rows;
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

/** Texts beyond the bound are run unprepared: a connection keeps what it has prepared for as long as it lives. */
function nameOf(text: string): string | undefined {
  const known = prepared.get(text);
  if (known || prepared.size >= PREPARED_MAX) return known;
  const name = `list-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  prepared.set(text, name);
  return name;
}
