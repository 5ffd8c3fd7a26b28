/** Creates a database when it is missing, on our own server as on one that was installed by hand. */
import pg from 'pg';

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Another start created it between our look and our CREATE. */
const CREATED_MEANWHILE = ['42P04', '23505'];

export async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  if (!NAME.test(name)) {
    throw new Error(`A database name has lower-case letters, digits and underscores, at most 63; found "${name}".`);
  }
  const client = new pg.Client({ connectionString: maintenanceUrl });
  client.on('error', () => {}); // A broken connection rejects the query below; unheard it would end the process.
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount) return;
    // Byte order for every key, whatever the server's own locale is; only template0 allows that choice.
    await client.query(`CREATE DATABASE "${name}" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`);
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (CREATED_MEANWHILE.includes(code)) return;
    if (code !== '42501') throw error;
    throw new Error(
      `The database "${name}" does not exist and this user may not create it. ` +
        'Let an administrator run: ALTER ROLE … CREATEDB, or create the database beforehand (ENCODING UTF8, LOCALE C).',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}
