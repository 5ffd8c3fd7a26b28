/** Where a watch was, so that the next one goes on there. Written beside and renamed: it is whole at any moment. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** What a cursor belongs to: at another stream or filter the hub refuses it. */
export interface Watched {
  readonly stream: string;
  readonly participants: readonly string[];
}

export interface ResumeFile {
  /** Undefined when nothing was watched yet. */
  readonly cursor: string | undefined;
  save(cursor: string): void;
}

export function openResumeFile(file: string, watched: Watched): ResumeFile {
  return {
    cursor: existsSync(file) ? cursorIn(file, watched) : undefined,
    save: (cursor) => {
      const beside = `${file}.${process.pid}.tmp`;
      writeFileSync(beside, `${JSON.stringify({ ...watched, cursor })}\n`, { mode: 0o600 });
      renameSync(beside, file);
    },
  };
}

function cursorIn(file: string, watched: Watched): string {
  const { cursor, stream, participants } = readJson(file);
  if (typeof cursor !== 'string' || cursor === '') {
    throw new Error(
      `Expected the place of an earlier watch in ${file}, found no cursor. Remove the file to begin from now.`,
    );
  }
  const found = describe({ stream: String(stream), participants: Array.isArray(participants) ? participants : [] });
  const wanted = describe(watched);
  if (found !== wanted) {
    throw new Error(
      `${file} is the place in ${found}, and ${wanted} was asked for. Ask for the same, or name another file.`,
    );
  }
  return cursor;
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (cause) {
    throw new Error(`Expected JSON in ${file}, found something else. Remove the file to begin from now.`, { cause });
  }
}

const describe = ({ stream, participants }: Watched): string =>
  `the stream "${stream}" of ${participants.length === 0 ? 'all participants' : [...participants].sort().join(', ')}`;
