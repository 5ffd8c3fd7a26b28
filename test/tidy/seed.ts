import fc from 'fast-check';

/** Every suite of one run draws from one seed, which vitest.config.ts prints. */
const seed = Number(process.env.SEED);
if (!Number.isSafeInteger(seed)) throw new Error(`The run has no seed: SEED is "${process.env.SEED}".`);
fc.configureGlobal({ seed });
