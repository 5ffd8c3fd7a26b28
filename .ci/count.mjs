/** Adds up the reports of vitest that are named and prints one line, "N passed, N failed"; nothing when none ran. */
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
const files = process.argv.slice(2).filter((file) => existsSync(file));
for (const file of files) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  // A file that could not be loaded has no tests that failed; it counts as one. So does a run that failed otherwise.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const counted = report.numFailedTests + unloaded;
  failed += counted === 0 && !report.success ? 1 : counted;
}
if (files.length === 0) {
  console.log('No test ran.');
  process.exitCode = 1;
} else {
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
