/** Something else that answers at a participant's address: what a broken or hostile implementation might send. */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

export type Garbage = 'html' | 'truncated' | 'wrongTypes' | 'empty' | 'gzipBomb' | 'deep' | 'pollution' | 'slowDrip';

export async function impostor(port: number, garbage: Garbage): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answers[garbage](response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answerer = (response: import('node:http').ServerResponse) => void;

const json = { 'content-type': 'application/json' };

const answers: Record<Garbage, Answerer> = {
  html: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
  truncated: (response) => response.writeHead(200, json).end('{"data":{"incidents":{"nodes":[{"id":"li'),
  wrongTypes: (response) =>
    response.writeHead(200, json).end('{"data":{"incidents":{"nodes":"none","edges":7,"pageInfo":null}}}'),
  empty: (response) => response.writeHead(204).end(),
  gzipBomb: (response) =>
    response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024, 32))),
  deep: (response) => response.writeHead(200, json).end(`{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  pollution: (response) =>
    response
      .writeHead(200, json)
      .end('{"data":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"incidents":null}}'),
  slowDrip: (response) => {
    response.writeHead(200, json);
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(timer));
  },
};
