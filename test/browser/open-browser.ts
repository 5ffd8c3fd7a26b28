/**
 * A real Chromium out of the npm registry, or the one of this machine; nothing is installed by hand.
 * Where neither starts, the test fails and says so.
 */
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(): Promise<Browser> {
  const failures: string[] = [];
  for (const path of [await chromium.executablePath(), ...systemBrowsers]) {
    try {
      return await playwright.launch({ executablePath: path, args: chromium.args, headless: true });
    } catch (error) {
      failures.push(`${path}: ${String(error).split('\n')[0]}`);
    }
  }
  throw new Error(`Expected a Chromium that starts, found none:\n${failures.join('\n')}`);
}
