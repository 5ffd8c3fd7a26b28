/** Starts one participant's endpoint, says when it is ready, and waits for a signal. */
import '@kortelijn/kit/server/production.ts';
import { pino } from 'pino';
import { type Config, readConfig } from './config.ts';
import { createEndpoint } from './server.ts';

/** What is wrong with the environment is for whoever starts it: sentences, no stack. */
function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

const config = configOrExit();
const logger = pino({ level: config.logLevel, base: { endpoint: config.name } }, pino.destination(2));
const endpoint = await createEndpoint(config, logger);
console.log(JSON.stringify({ ready: true, name: config.name, url: endpoint.url }));

const stop = async (signal: string) => {
  logger.info({ signal }, 'stopping');
  await endpoint.close();
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
