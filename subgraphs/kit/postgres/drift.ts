/**
 * Compares what the migrations make with what schema.prisma says, by Prisma's schema engine (WebAssembly, without its
 * native host) over an in-memory PGlite. For development and CI only; nothing that runs in production imports this.
 * As a program it prints the SQL of the next migration: node --import tsx drift.ts <migrations folder> <schema file>
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { DiffTarget, SchemaEngine } from '@prisma/schema-engine-wasm';
import { readMigrations } from './migrate.ts';
import { shadowDatabase } from './shadow-database.ts';

/** The SQL that would bring the migrations to the schema; empty when they agree. */
export async function driftOf(given: { migrationsDir: string; schemaFile: string }): Promise<string> {
  const migrations = await readMigrations(given.migrationsDir);
  const from: DiffTarget = {
    tag: 'migrations',
    baseDir: given.migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
  const content = await readFile(given.schemaFile, 'utf8');
  const to: DiffTarget = { tag: 'schemaDatamodel', files: [{ path: basename(given.schemaFile), content }] };

  engineLoaded ??= loadEngine();
  const Engine = await engineLoaded;
  const engine = await Engine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(shadowDatabase()),
  );
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const { exitCode, stdout } = await engine.diff({ from, to, script: true, exitCode: true, filters });
    if (exitCode !== 0 && !stdout) throw new Error(`The schema engine answered ${exitCode} and no script.`);
    return exitCode === 0 ? '' : (stdout ?? '');
  } finally {
    engine.free();
  }
}

/** Once: the package's glue keeps views of the memory of the first instance and would read the second through them. */
let engineLoaded: Promise<typeof SchemaEngine> | undefined;

/** The package's own entry imports a .wasm file, which Node 20 does not do. */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const { resolve } = createRequire(import.meta.url);
  const glueFile = resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  // Where the engine tells why it panics, before it traps; without this place the trap hides the reason.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message: (message: string) => {
        throw new Error(`Prisma's schema engine panicked: ${message}`);
      },
    },
  });
  const glue = await import(pathToFileURL(glueFile).href);
  const bytes = await readFile(glueFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue.SchemaEngine;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , migrationsDir, schemaFile] = process.argv;
  if (!migrationsDir || !schemaFile) throw new Error('Give the migrations folder and the schema file.');
  const sql = await driftOf({ migrationsDir, schemaFile });
  console.log(sql || '-- The migrations make what the schema says.');
  process.exitCode = sql ? 1 : 0;
}
