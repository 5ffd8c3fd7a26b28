/** A process of its own that does nothing but stamp, for tests that stop and kill it. */
import { stamp } from '@kortelijn/kit/feed/stamp.ts';
import { createPool } from '@kortelijn/kit/postgres/connect.ts';

const pool = createPool(process.argv[2] ?? '');
await stamp(pool);
console.log('stamping');
for (;;) await stamp(pool);
