/** What happens and by whom, before anything is decided; and what a feed is told of it afterwards. */
import type { IdTag } from '@kortelijn/schema/vocabulary/ids.ts';
import type { Actor } from './actor.ts';

/** The act that is decided on: by whom, when it happened, when it is written down. */
export interface Act {
  readonly actor: Actor;
  /** When it happened: now, or in an import the time that the imported record names. */
  readonly at: Date;
  readonly now: Date;
  /** The import it belongs to; null for everything that happens now. */
  readonly batch: string | null;
  /** The accession state of a participant in the directory; undefined where nobody of that name is known. */
  party(id: string): string | undefined;
  newId(participant: string, tag: IdTag): string;
}

export interface Change {
  readonly type: string;
  readonly subjectId: string;
  readonly actorRole: string | null;
  readonly at: Date;
  readonly readersBefore: readonly string[];
  readonly readersAfter: readonly string[];
  readonly keys: Readonly<Record<string, unknown>>;
}
