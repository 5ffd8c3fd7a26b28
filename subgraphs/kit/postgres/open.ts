/**
 * The one question every service asks at its start: which server? With DATABASE_URL the one of the operator, without
 * it our own. Both give the same answer, so nobody else needs to know.
 */
import { ensureDatabase } from './ensure-database.ts';
import type { PostgresServer } from './launch.ts';
import { supervisePostgres } from './supervise.ts';

export interface OpenOptions {
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** Keeps our databases apart from others on a shared server. */
  readonly prefix?: string | undefined;
}

export async function openPostgres({ dataDir, databaseUrl, prefix }: OpenOptions): Promise<PostgresServer> {
  return databaseUrl ? serverAt(databaseUrl, prefix) : supervisePostgres({ dataDir });
}

/** A server installed by hand. The URL's own database is used for creating the others, nothing is stored in it. */
export function serverAt(databaseUrl: string, prefix = 'kortelijn_'): PostgresServer {
  if (!/^postgres(ql)?:/.test(databaseUrl)) {
    throw new Error('DATABASE_URL must start with postgresql:// (user, password, host, port, maintenance database).');
  }
  const parsed = new URL(databaseUrl);
  const url = (database: string) => {
    const own = new URL(databaseUrl);
    own.pathname = `/${prefix}${database}`;
    return own.href;
  };
  const stop = async () => {};
  return {
    url,
    host: parsed.searchParams.get('host') ?? parsed.hostname,
    port: Number(parsed.searchParams.get('port') ?? (parsed.port || 5432)),
    adopted: true,
    exited: () => new Promise(() => {}), // Not ours to watch.
    ensureDatabase: (name) => ensureDatabase(databaseUrl, `${prefix}${name}`),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
