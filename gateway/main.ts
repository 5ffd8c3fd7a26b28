// First of all: graphql looks once, when it is loaded.
import './production.ts';
import { readConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { createLogger, errorFields } from './telemetry/logger.ts';

const config = readConfig(process.env);
const gateway = await createGateway(config);
console.log(JSON.stringify({ ready: true, name: 'gateway', url: gateway.url }));

// From here on the text of an exception may quote data: it is told by name and place, and the process ends,
// for what broke is unknown.
process.on('uncaughtException', (error) => {
  createLogger(config.logLevel).error({ event: 'process.broke', ...errorFields(error) });
  process.exit(1);
});

const stop = async (): Promise<void> => {
  await gateway[Symbol.asyncDispose]();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
