/** The landing page and the explorer in a real browser: one click to be somebody, one to ask; no other host is met. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../browser/open-browser.ts';
import { createNetwork, type Network } from '../../network/network.ts';

describe('the explorer in a browser', () => {
  let network: Network;
  let browser: Browser;

  beforeAll(async () => {
    [network, browser] = await Promise.all([createNetwork({ participants: ['linde'] }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('opens from the landing page as the persona that was chosen, with queries that answer', async () => {
    const page = await browser.newPage();
    const hosts = new Set<string>();
    const complaints: string[] = [];
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http')) hosts.add(origin);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));

    await page.goto(network.hubUrl);
    await page.getByRole('button', { name: 'Joris Korteweg' }).click();
    await page.waitForURL('**/explorer');
    const altair = page.frameLocator('#altair');
    await altair.getByText('Wie ben ik, en wat mag ik nu', { exact: true }).click();
    await altair.getByRole('button', { name: 'Send Request' }).click();
    await altair.getByText('"Joris Korteweg"').waitFor();
    await altair.getByText('"SERVICEDESK"', { exact: true }).waitFor();

    await altair.getByText('Meekijken', { exact: true }).click();
    await altair.getByRole('button', { name: 'Send Request' }).click();
    await altair.getByText('"lagMs"').first().waitFor();

    expect(complaints).toEqual([]);
    expect([...hosts].sort()).toEqual([network.hubUrl, network.identityUrl].sort());
  });

  it('fits a narrow screen: the landing page does not scroll sideways', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(network.hubUrl);
    await page.getByRole('button', { name: 'Joris Korteweg' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });
});
