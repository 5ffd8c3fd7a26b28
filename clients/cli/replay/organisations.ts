/** Which participant plays which organisation line of the log, and how its teams are called there. */
import { createHash } from 'node:crypto';
import type { LogEvent } from './read-log.ts';

export const players = ['fictiviteit', 'linde', 'niemandsland', 'denkbeeld', 'nergenshuizen', 'bedenkerveen'] as const;
export type Player = (typeof players)[number];

export function playerOf(organisationLine: string): Player {
  const line = organisationLine.replace(/^Org line /, '');
  if (line === 'C') return 'fictiviteit';
  if (line === 'A2') return 'linde';
  if (line === 'B') return 'niemandsland';
  if (line.startsWith('V')) return 'denkbeeld';
  if (line === 'Other') return 'nergenshuizen';
  return 'bedenkerveen';
}

/** The suffix of a team's name is its line; a name without one is the first line. */
export const lineOf = (team: string): 1 | 2 | 3 => (team.includes('3rd') ? 3 : team.includes('2nd') ? 2 : 1);

/** One name of the log can stand for teams of several organisation lines: together they are one team here. */
export const teamName = (event: Pick<LogEvent, 'team' | 'organisationLine'>) =>
  `${event.team} · ${event.organisationLine}`;

/** First names are personal data: only a salted hash leaves this program. */
export const pseudonym = (person: string, salt: string) =>
  `medewerker ${createHash('sha256').update(`${salt}\n${person}`).digest('hex').slice(0, 10)}`;
