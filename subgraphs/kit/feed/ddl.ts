/** The feed's tables as text, for the first migration of a subgraph and for tests. */
import { readFileSync } from 'node:fs';

export const FEED_SQL = readFileSync(new URL('feed.sql', import.meta.url), 'utf8');
