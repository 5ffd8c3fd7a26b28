/**
 * An empty PostgreSQL inside this process, in the form that Prisma's schema engine asks for. It runs a migration whole,
 * which adapter-pg does not: that one cuts scripts at every semicolon, inside functions and strings too.
 */
import { PGlite } from '@electric-sql/pglite';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

/** What the engine's questions to the system catalogue return, by type number; everything else is read as text. */
const COLUMN_TYPES: Readonly<Record<number, SqlResultSet['columnTypes'][number]>> = {
  16: ColumnTypeEnum.Boolean,
  18: ColumnTypeEnum.Character,
  20: ColumnTypeEnum.Int64,
  21: ColumnTypeEnum.Int32,
  23: ColumnTypeEnum.Int32,
  26: ColumnTypeEnum.Int64,
  1000: ColumnTypeEnum.BooleanArray,
  1003: ColumnTypeEnum.TextArray,
  1005: ColumnTypeEnum.Int32Array,
  1007: ColumnTypeEnum.Int32Array,
  1009: ColumnTypeEnum.TextArray,
  1015: ColumnTypeEnum.TextArray,
  1016: ColumnTypeEnum.Int64Array,
};

const asText = (value: string) => value;

/** The engine wants 64-bit numbers as text. */
const PARSERS = { 20: asText, 26: asText };

export function shadowDatabase(): SqlMigrationAwareDriverAdapterFactory {
  const about = { provider: 'postgres', adapterName: 'pglite' } as const;

  const connect = async (): Promise<SqlDriverAdapter> => {
    // Made at the first question: of the two connections that the engine opens it uses one, and each takes seconds.
    let opened: Promise<PGlite> | undefined;
    const database = () => {
      opened ??= PGlite.create({ parsers: PARSERS });
      return opened;
    };
    const query = async ({ sql, args }: SqlQuery) =>
      (await database()).query<unknown[]>(sql, args, { rowMode: 'array' });
    return {
      ...about,
      queryRaw: async (asked) => {
        const { fields, rows } = await query(asked);
        return {
          columnNames: fields.map(({ name }) => name),
          columnTypes: fields.map(({ dataTypeID }) => COLUMN_TYPES[dataTypeID] ?? ColumnTypeEnum.Text),
          rows,
        };
      },
      executeRaw: async (asked) => (await query(asked)).affectedRows ?? 0,
      executeScript: async (script) => {
        await (await database()).exec(script);
      },
      startTransaction: async () => {
        throw new Error('Comparing schemas opens no transaction.');
      },
      dispose: async () => (await opened)?.close(),
    };
  };
  return { ...about, connect, connectToShadowDb: connect };
}
