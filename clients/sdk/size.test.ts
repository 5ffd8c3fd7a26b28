/** What a browser loads. Bundled as a partner's build would do it. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const bundled = async (contents: string, external: string[] = []) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external,
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  return { gzipBytes: gzipSync(text, { level: 9 }).length, text, inputs: Object.keys(metafile.inputs) };
};

const all = "export * from './index.ts'; export * from './websocket.ts';";
const limit = 10 * 1_024;

test('the SDK with both doors is below 10 KB, gzip, beside graphql-ws', async () => {
  const core = await bundled("export * from './index.ts';");
  const both = await bundled(all, ['graphql-ws/client']);
  const typed = await bundled(`${all} export * from './graphql.ts';`, ['graphql-ws/client']);
  console.log(
    JSON.stringify({
      gzip: { core: core.gzipBytes, withWebSocket: both.gzipBytes, withTypedDocuments: typed.gzipBytes },
    }),
  );
  expect(both.text).toContain('connectionAckWaitTimeout');
  expect(both.gzipBytes).toBeLessThan(limit);
  expect(typed.gzipBytes).toBeLessThan(limit);
});

test('the bundle for a browser has nothing of Node and no package but those named', async () => {
  const { inputs, text } = await bundled(`${all} export * from './graphql.ts';`);
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)].sort()).toEqual(['@0no-co/graphql.web', 'gql.tada', 'graphql-ws']);
  expect(text).not.toMatch(/\b(from|import|require)\s*\(?\s*["'](node:|fs|http|crypto)/);
  await expect(bundled("import 'node:fs';")).rejects.toThrow('node:fs');
});
