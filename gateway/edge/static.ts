/**
 * Serves the files of a folder under a path. The list is made once at the start: what is not on it does not exist,
 * however its address is spelled.
 */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

export interface StaticFolder {
  /** Answers when the path is one of the folder's files. */
  serve(path: string, response: ServerResponse): boolean;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.graphql': 'text/plain; charset=utf-8',
};

export function createStaticFolder(folder: string, prefix: string): StaticFolder {
  const files = new Map<string, { readonly file: string; readonly size: number }>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(prefix + relative(folder, file).split(sep).join('/'), { file, size: statSync(file).size });
  }
  return {
    serve(path, response) {
      const found = files.get(path);
      if (found === undefined) return false;
      response.writeHead(200, {
        'content-type': mediaTypes[extname(found.file)] ?? 'application/octet-stream',
        'content-length': found.size,
        'cache-control': 'max-age=3600',
      });
      createReadStream(found.file)
        .on('error', () => response.destroy())
        .pipe(response);
      return true;
    },
  };
}
