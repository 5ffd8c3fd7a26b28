import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/**
 * The scalars of the contract. `DateTime` is a JavaScript Date inside and RFC 3339 in UTC with milliseconds outside;
 * input may carry another offset. More digits than milliseconds are refused rather than lost.
 */
const instantForm =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.]([0-9]{1,3}))?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$/;
const dateForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

export function parseDateTime(text: string): Date | undefined {
  const parts = instantForm.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  // Date.parse rolls 30 February over into March and accepts 24:00.
  if (!isDate(`${year}-${month}-${day}`) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return undefined;
  }
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

export function formatDateTime(at: Date | number): string {
  return new Date(at).toISOString();
}

export function isDate(text: string): boolean {
  if (!dateForm.test(text)) return false;
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function refuse(name: string, expected: string, found: unknown): never {
  const shown = typeof found === 'string' ? JSON.stringify(found.slice(0, 60)) : typeof found;
  throw new GraphQLError(`${name} expects ${expected}; found ${shown}.`, { extensions: { code: 'BAD_USER_INPUT' } });
}

const instantExample = 'an instant such as 2026-05-20T08:00:00.000Z';

export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant, RFC 3339 in UTC with milliseconds.',
  serialize(value) {
    if (value instanceof Date || typeof value === 'number') return formatDateTime(value);
    const at = typeof value === 'string' ? parseDateTime(value) : undefined;
    return at ? formatDateTime(at) : refuse('DateTime', instantExample, value);
  },
  parseValue: (value) =>
    (typeof value === 'string' ? parseDateTime(value) : undefined) ?? refuse('DateTime', instantExample, value),
  parseLiteral: (node) =>
    (node.kind === Kind.STRING ? parseDateTime(node.value) : undefined) ??
    refuse('DateTime', instantExample, node.kind === Kind.STRING ? node.value : node.kind),
});

function parseDate(value: unknown): string {
  return typeof value === 'string' && isDate(value) ? value : refuse('Date', 'a date such as 2026-05-20', value);
}

export const dateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A calendar date, ISO 8601.',
  serialize: parseDate,
  parseValue: parseDate,
  parseLiteral: (node) => parseDate(node.kind === Kind.STRING ? node.value : node.kind),
});
