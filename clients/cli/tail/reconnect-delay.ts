export { reconnectDelayMs } from '@kortelijn/sdk/reconnect-delay.ts';
