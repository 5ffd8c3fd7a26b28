/** Reads the configuration, starts, says so in one line, and stops on a signal. */
import '@kortelijn/kit/server/production.ts';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { createRegistry } from './server.ts';

const config = readConfig(process.env);
// Standard output carries the ready line alone.
const logger = pino({ name: config.name, level: config.logLevel }, pino.destination(2));
const registry = await createRegistry(config, logger);
console.log(JSON.stringify({ ready: true, name: config.name, url: registry.url }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    registry.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ err: error }, 'could not close');
        process.exit(1);
      },
    );
  });
}
