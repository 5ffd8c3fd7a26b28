/**
 * Many participants in one process, for the scatter benchmark: each on a port of its own, each with a page of rows
 * that is printed once. What an endpoint costs is not measured; what the hub pays for its answer is.
 * Arguments: how many endpoints, how many rows a page.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, participantId } from '@kortelijn/schema/vocabulary/ids.ts';
import { benchParticipant } from './scatter-names.ts';

const [count = 6, rowCount = 20] = process.argv.slice(2).map(Number);

const urls: string[] = [];
for (let index = 0; index < count; index += 1) {
  const name = participantId(benchParticipant(index));
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const createdMs = 1_700_000_000_000 + row * 1_000 + index;
    const key = Buffer.alloc(8);
    key.writeBigUInt64BE(BigInt(createdMs));
    const id = newId(name, 'inc', createdMs);
    return {
      id,
      title: `Dossier opent niet voor afdeling ${row}`,
      state: 'IN_PROGRESS',
      priority: 'P2',
      createdAt: new Date(createdMs).toISOString(),
      owner: { __typename: 'Participant', id: name },
      cursor: Buffer.concat([key, Buffer.from(id)]).toString('base64url'),
    };
  });
  const page = JSON.stringify({
    data: {
      incidents: {
        nodes: rows.map(({ cursor: _cursor, ...node }) => node),
        __k_edges: rows.map(({ cursor }) => ({ __k_cursor: cursor })),
        __k_page: { hasNextPage: true },
      },
    },
  });
  const number = JSON.stringify({ data: { incidentCount: { value: index } } });
  const server = createServer((request, response) => {
    let isCount = false;
    request.on('data', (chunk: Buffer) => {
      isCount ||= chunk.includes('incidentCount');
    });
    request.on('end', () => {
      const body = isCount ? number : page;
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'kortelijn-time': String(Date.now()),
      });
      response.end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`);
}
console.log(JSON.stringify(urls));
process.once('SIGTERM', () => process.exit(0));
process.stdin.once('end', () => process.exit(0)).resume();
