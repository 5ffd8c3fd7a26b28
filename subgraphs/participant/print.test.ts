import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printedFile, printSdl } from './print.ts';

test('the SDL that is checked in is what this subgraph prints', async () => {
  expect(await readFile(printedFile, 'utf8')).toBe(printSdl());
});
