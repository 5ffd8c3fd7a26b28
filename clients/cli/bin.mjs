#!/usr/bin/env node
// Node 24 runs the sources as they are; Node 20 needs tsx.
if (!process.features.typescript) await import('tsx');
await import('./main.ts');
