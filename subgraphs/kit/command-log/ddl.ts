/** The command log's table as text, for the first migration of a subgraph and for tests. */
import { readFileSync } from 'node:fs';

export const COMMAND_LOG_SQL = readFileSync(new URL('command-log.sql', import.meta.url), 'utf8');
