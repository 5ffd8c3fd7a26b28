import { writeFileSync } from 'node:fs';
import { printErrors } from './errors/print.ts';
import { printLifecycles } from './lifecycles/diagram.ts';
import { printed as printTrustVectors } from './vocabulary/trust-vectors.ts';

/** Prints the pages that people read from the data that programs use. */
const pages: Readonly<Record<string, () => string>> = {
  'errors/ERRORS.md': printErrors,
  'lifecycles/README.md': printLifecycles,
  'vocabulary/trust-vectors.json': printTrustVectors,
};

for (const [path, print] of Object.entries(pages)) writeFileSync(new URL(path, import.meta.url), print());
