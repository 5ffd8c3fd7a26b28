/**
 * Runs `prisma generate` for one schema without a network: it would download a native engine that it does not need.
 * Only for generating: with this stand-in `prisma migrate` prints nothing, does nothing and exits 0.
 * As a program: node --import tsx generate-client.ts <schema file>
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export async function generateClient(schemaFile: string): Promise<void> {
  const schema = resolve(schemaFile);
  // Prisma is a development dependency of the subgraph, so it is looked for from there.
  const manifest = createRequire(schema).resolve('prisma/package.json');
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { prisma: string } };
  const child = spawn(process.execPath, [join(dirname(manifest), bin.prisma), 'generate', '--schema', schema], {
    cwd: dirname(schema),
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`prisma generate failed for ${schema} (exit code ${code}):\n${said}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , ...schemas] = process.argv;
  if (schemas.length === 0) throw new Error('Give at least one schema file.');
  for (const schema of schemas) await generateClient(schema);
}
