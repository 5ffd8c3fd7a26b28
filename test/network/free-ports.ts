/**
 * A block of ports below the range the kernel hands out by itself, so that nothing else grabs one of them
 * between this check and the service that will listen there. Processes start at blocks apart, by their number.
 */
import { createServer } from 'node:net';

const blockSize = 16;
const firstPort = 20_000;
const blockCount = 750;
let nextBlock = (process.pid * 31) % blockCount;

export async function freePorts(count: number): Promise<readonly number[]> {
  if (count > blockSize) throw new Error(`Expected at most ${blockSize} ports to be asked for, got ${count}`);
  for (let tries = 0; tries < blockCount; tries++) {
    const block = nextBlock++ % blockCount;
    const ports = Array.from({ length: count }, (_, index) => firstPort + block * blockSize + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
  }
  throw new Error(`Expected ${count} free ports from ${firstPort} on, found none in ${blockCount} blocks`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
