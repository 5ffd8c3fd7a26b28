/** The envelopes' tables as text, for the first migration of a subgraph and for tests. */
import { readFileSync } from 'node:fs';

export const ENVELOPES_SQL = readFileSync(new URL('envelope.sql', import.meta.url), 'utf8');
