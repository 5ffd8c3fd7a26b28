/**
 * Which incidents a list shows. A condition on a field looks only at rows of which the caller may read that field:
 * otherwise the presence of a row would tell what the row itself does not show.
 */
import { textLengthsMax } from '@kortelijn/schema/vocabulary/limits.ts';
import { OPEN_STATES } from '../domain/incident.ts';
import { codedError } from '../errors.ts';
import { searchPatterns } from './search-text.ts';
import type { Visibility } from './visibility.ts';

export interface IncidentFilterInput {
  readonly text?: string | null | undefined;
  readonly state?: readonly string[] | null | undefined;
  readonly priority?: readonly string[] | null | undefined;
  readonly service?: readonly string[] | null | undefined;
  readonly teamId?: readonly string[] | null | undefined;
  readonly chainId?: string | null | undefined;
  readonly owner?: readonly string[] | null | undefined;
  readonly reporter?: readonly string[] | null | undefined;
  readonly networkIncidentId?: string | null | undefined;
  readonly createdFrom?: Date | null | undefined;
  readonly createdBefore?: Date | null | undefined;
  readonly open?: boolean | null | undefined;
}

export function incidentConditions(
  filter: IncidentFilterInput,
  { visible, mayRead }: Visibility,
  endpoint: string,
  bind: (value: unknown) => string,
): readonly string[] {
  const conditions = [visible];
  const where = (field: string, condition: string) => conditions.push(mayRead(field), condition);
  const oneOf = (field: string, column: string, values: readonly string[] | null | undefined) => {
    if (values != null) where(field, `${column} = ANY(${bind(values)})`);
  };

  if (filter.text != null) conditions.push(...textConditions(filter.text, { visible, mayRead }, bind));
  oneOf('state', 'state', filter.state);
  oneOf('priority', 'priority', filter.priority);
  oneOf('service', 'service', filter.service);
  oneOf('teamId', 'team_id', filter.teamId);
  oneOf('reporter', 'reporter', filter.reporter);
  if (filter.owner != null && !filter.owner.includes(endpoint)) conditions.push('false');
  if (filter.chainId != null) where('chainId', `chain_id = ${bind(filter.chainId)}`);
  if (filter.networkIncidentId != null) {
    where('networkIncidentId', `network_incident_id = ${bind(filter.networkIncidentId)}`);
  }
  if (filter.createdFrom != null) where('createdAt', `created_at >= ${bind(filter.createdFrom)}`);
  if (filter.createdBefore != null) where('createdAt', `created_at < ${bind(filter.createdBefore)}`);
  if (filter.open != null) {
    where('state', `(state = ANY(${bind([...OPEN_STATES])})) = ${bind(filter.open)}`);
  }
  return conditions.filter((condition) => condition !== 'true');
}

/** All words, in what of title, description and reference the caller may read. */
function textConditions(text: string, { mayRead }: Visibility, bind: (value: unknown) => string): readonly string[] {
  if (text.length > textLengthsMax.searchText) {
    const found = `found ${text.length}`;
    throw codedError(
      'TEXT_TOO_LONG',
      `Expected \`text\` of at most ${textLengthsMax.searchText} characters; ${found}.`,
    );
  }
  const patterns = searchPatterns(text);
  if (patterns.length === 0) return [];
  const bound = bind(patterns);
  const within = (field: string, searched: string) => `(${mayRead(field)} AND ${searched} LIKE ALL (${bound}))`;
  if (mayRead('description') === 'true') return [within('description', 'search_text')];
  const titleAndReference = `(search_title || E'\\n' || lower(reference))`;
  const places = [
    within('description', 'search_text'),
    within('reference', titleAndReference),
    within('title', 'search_title'),
  ];
  return [`(${places.join(' OR ')})`];
}

export const allOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'true' : conditions.join(' AND ');
