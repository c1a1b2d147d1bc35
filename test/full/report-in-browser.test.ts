import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { summarise } from '../../src/core/run-summary.ts';
import { renderComparisonHtml } from '../../src/report/comparison/html.ts';
import { renderHtml } from '../../src/report/html/render-html.ts';
import { hostileComparison } from '../support/example-comparisons.ts';
import { exampleBackfill, exampleCost, exampleRetry } from '../support/example-cost.ts';
import { exampleRecording, exampleTraffic } from '../support/example-recordings.ts';
import { exampleEvents, exampleNames, exampleSummary, journal } from '../support/example-runs.ts';
import { exampleSmoke } from '../support/example-smoke.ts';

/** The report in a real browser: needs Debian's chromium (`apt-get install chromium`). */
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

let browser: Browser;
let folder: string;
beforeAll(async () => {
  if (executablePath === undefined) throw new Error('No chromium is installed: apt-get install chromium');
  folder = mkdtempSync(join(tmpdir(), 'pgr-report-'));
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** A run whose migrations were recorded under traffic, with their cost, a retry, a backfill, and the application tried. */
function measured(): string {
  const events: readonly Event[] = [
    ...exampleEvents.blocker(),
    { type: 'recorded', recording: exampleRecording() },
    { type: 'traffic', report: exampleTraffic() },
    { type: 'costed', report: exampleCost() },
    { type: 'retried', rehearsal: exampleRetry() },
    { type: 'backfilled', report: exampleBackfill() },
    ...exampleSmoke.map((report) => ({ type: 'smoked', report }) as const),
  ];
  return renderHtml(summarise(journal(events)));
}

const pages: readonly (readonly [string, () => string])[] = [
  ...exampleNames.map((name) => [name, () => renderHtml(exampleSummary(name))] as const),
  ['measured', measured],
];

test.each(pages)('%s: nothing is loaded, nothing is blocked, nothing runs that came from a name, and it fits every window', async (name, render) => {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, render());
  const url = pathToFileURL(file).href;
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(url);
      for (const folded of await page.locator('details').all()) await folded.evaluate((element) => element.setAttribute('open', ''));
      const [content, window] = await page
        .evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')
        .then((sizes) => sizes as [number, number]);
      expect(content, `${width} columns`).toBeLessThanOrEqual(window);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      await page.close();
    }
  }
});

test('a comparison of schemas with hostile names: loads nothing, runs nothing, fits every window, and folds open by keyboard', async () => {
  const file = join(folder, 'comparison.html');
  writeFileSync(file, renderComparisonHtml(hostileComparison));
  const url = pathToFileURL(file).href;
  for (const width of [400, 1200]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(url);
      const summary = page.locator('summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      await page.locator('details[open]').first().waitFor();
      for (const folded of await page.locator('details').all()) await folded.evaluate((element) => element.setAttribute('open', ''));
      const [content, window] = await page
        .evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')
        .then((sizes) => sizes as [number, number]);
      expect(content, `${width} columns`).toBeLessThanOrEqual(window);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      await page.close();
    }
  }
});

test('it is whole without its script, and printing unfolds everything', async () => {
  const file = join(folder, 'plain.html');
  writeFileSync(file, renderHtml(exampleSummary('blocker')));
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(pathToFileURL(file).href);
  expect(await page.locator('article').count()).toBe(6);
  expect(await page.locator('button').count()).toBe(0);
  const statement = page.locator('.sql').first();
  expect(await statement.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  expect(await statement.isVisible()).toBe(true);
  await page.close();
});

test('everything that can be used can be reached with the keyboard', async () => {
  const file = join(folder, 'keys.html');
  writeFileSync(file, renderHtml(exampleSummary('blocker')));
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  // Following a link takes the browser a moment.
  await page.waitForURL(/#findings$/);
  const summary = page.locator('.migration summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  await page.locator('.migration[open]').first().waitFor();
  await page.close();
});

test('from a statement in the table of costs, and from a bar of the chart, the keyboard leads to its row', async () => {
  const file = join(folder, 'measured-keys.html');
  writeFileSync(file, measured());
  const page = await browser.newPage();
  for (const start of ['#cost details a', '.lane a']) {
    await page.goto(pathToFileURL(file).href);
    // The row itself stands in a folded part, which opens by itself.
    for (const folded of await page.locator('#cost details').all()) await folded.evaluate((element) => element.setAttribute('open', ''));
    const link = page.locator(start).first();
    await link.focus();
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#recorded-\d+$/);
    expect(await page.locator('tr:target').isVisible()).toBe(true);
  }
  await page.close();
});
