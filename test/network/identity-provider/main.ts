import { readConfig } from './config.ts';
import { readPersonas } from './personas.ts';
import { startIdentityProvider } from './server.ts';

const config = readConfig(process.env);
const provider = await startIdentityProvider({ ...config, participants: readPersonas(config.personasFile) });
console.log(JSON.stringify({ ready: true, name: 'identity-provider', url: provider.url }));

process.once('SIGTERM', () => void provider[Symbol.asyncDispose]());
process.once('SIGINT', () => void provider[Symbol.asyncDispose]());
