import { readConfig } from './config.ts';
import { createGateway } from './gateway.ts';

const gateway = await createGateway(readConfig(process.env));
console.log(JSON.stringify({ ready: true, name: 'gateway', url: gateway.url }));

const stop = async (): Promise<void> => {
  await gateway[Symbol.asyncDispose]();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
