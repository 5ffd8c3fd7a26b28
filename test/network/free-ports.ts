/**
 * A block of ports below the range the kernel hands out by itself, so that nothing else grabs one of them
 * between this check and the service that will listen there. Test workers get blocks apart by their number.
 */
import { createServer } from 'node:net';

const blockSize = 16;
const firstPort = 20_000;
const blocksPerWorker = 40;
let nextBlock = 0;

export async function freePorts(count: number): Promise<readonly number[]> {
  if (count > blockSize) throw new Error(`Expected at most ${blockSize} ports to be asked for, got ${count}`);
  const worker = Number(process.env.VITEST_POOL_ID ?? process.pid % 8) % 12;
  for (let tries = 0; tries < blocksPerWorker; tries++) {
    const block = worker * blocksPerWorker + (nextBlock++ % blocksPerWorker);
    const ports = Array.from({ length: count }, (_, index) => firstPort + block * blockSize + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
  }
  throw new Error(`Expected ${count} free ports from ${firstPort} on, found none in ${blocksPerWorker} blocks`);
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
