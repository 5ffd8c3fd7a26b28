/** A process of its own that launches a server and says which; for tests that kill it. */
import { launchPostgres } from '@kortelijn/kit/postgres/launch.ts';

const server = await launchPostgres({ dataDir: process.argv[2] ?? '' });
console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted }));
setInterval(() => {}, 60_000);
