/**
 * `domain/access.ts` in SQL: which rows a caller sees, and of which rows he may read a field. Lists, counts, filters
 * and orders are all built from these two conditions, so none of them can tell what a row itself would not show.
 */
import { HELPDESK_FIELDS, NETWORK_FIELDS, type Standing } from '../domain/access.ts';

export interface Visibility {
  /** Condition: the caller sees the row. */
  readonly visible: string;
  /** Condition: the caller sees the row and may read this field of it. */
  mayRead(field: string): string;
}

const PROMOTED = `coalesce(network_incident_state = 'PROMOTED', false)`;

/** `bind` takes a value for the statement and answers its placeholder. */
export function visibilityOf(standing: Standing, bind: (value: unknown) => string): Visibility {
  if (standing.full) return { visible: 'true', mayRead: () => 'true' };
  const involved = standing.involvedAs === undefined ? [] : [`involved @> ARRAY[${bind(standing.involvedAs)}::text]`];
  const helpdesk = standing.helpdesk
    ? ['true']
    : standing.reporterAs === undefined
      ? []
      : [`reporter = ${bind(standing.reporterAs)}`];
  const promoted = standing.network ? [PROMOTED] : [];
  const whole = any(involved);
  const visible = any([...involved, ...helpdesk, ...promoted]);
  return {
    visible,
    mayRead: (field) => {
      const grounds = [
        ...(HELPDESK_FIELDS.includes(field) ? helpdesk : []),
        ...(NETWORK_FIELDS.includes(field) ? promoted : []),
      ];
      return grounds.length === 0 ? whole : any([...involved, ...grounds]);
    },
  };
}

function any(conditions: readonly string[]): string {
  if (conditions.includes('true')) return 'true';
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}
