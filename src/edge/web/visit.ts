import type { BrowserContext, Page } from 'playwright-core';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { PageSight, PageVisit } from '../../core/web.ts';
import { environment } from '../system/environment.ts';
import { findBrowser } from './find-browser.ts';

/** Far more than anybody reads; beyond it a page is broken whatever the rest says. */
const keptComplaints = 10_000;
/** How long a page that has loaded may take until nothing more is asked for; one that polls for ever is looked at then. */
const settleMs = 3_000;

/**
 * Looks at a page in chromium. Whatever the page does, an exception here would be a fault of the browser's: that is `browser-missing` too, with its words.
 */
export async function visit(wanted: PageVisit): Promise<Result<PageSight>> {
  const executablePath = wanted.browser ?? (await findBrowser());
  if (executablePath === undefined) return fail(failure('browser-missing', 'no chromium, Chrome or Edge was found on this machine'));
  const driver = await import('playwright-core').catch(() => undefined);
  if (driver === undefined) return fail(failure('browser-missing', 'the npm package playwright-core, which drives the browser, is not installed'));
  let browser: BrowserContext | undefined;
  try {
    browser = await driver.chromium.launchPersistentContext(wanted.profileFolder, {
      executablePath,
      headless: true,
      // chromium's sandbox refuses root. /dev/shm is too small in many containers.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
      env: { ...browserEnvironment(wanted.profileFolder), ...wanted.env },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      viewport: { width: 1280, height: 900 },
    });
    return ok(await look(browser, wanted));
  } catch (error) {
    return fail(failure('browser-missing', `${executablePath} could not be used: ${firstLine(error)}`, { object: executablePath }));
  } finally {
    await browser?.close().catch(() => {});
  }
}

/**
 * Our own PG* variables are none of the browser's business; its files belong into the folder that is removed. Not its socket: that path would become too long.
 */
function browserEnvironment(folder: string): Record<string, string> {
  const names = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;
  const kept = names.flatMap((name) => {
    const value = environment(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder };
}

async function look(browser: BrowserContext, wanted: PageVisit): Promise<PageSight> {
  const page = browser.pages()[0] ?? (await browser.newPage());
  const failedRequests: string[] = [];
  const errors: string[] = [];
  const keep = (list: string[], line: string) => {
    if (list.length < keptComplaints) list.push(line);
    else if (list.length === keptComplaints) list.push(`and more than ${keptComplaints} others`);
  };
  let status: number | undefined;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) status = response.status();
    if (response.status() >= 500) keep(failedRequests, `${response.request().method()} ${response.url()} ${response.status()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'no answer';
    // A page that goes on elsewhere, or closes a stream, ends its own requests.
    if (why !== 'net::ERR_ABORTED') keep(failedRequests, `${request.method()} ${request.url()} ${why}`);
  });
  page.on('console', (message) => {
    const { url } = message.location();
    // Every browser asks for an icon by itself, and complains where there is none.
    if (message.type() === 'error' && !url.endsWith('/favicon.ico'))
      keep(errors, message.text().startsWith('Failed to load resource') ? `${message.text()} ${url}` : message.text());
  });
  page.on('pageerror', (error) => keep(errors, error.message));
  page.on('dialog', (dialog) => void dialog.dismiss().catch(() => {}));
  const end = () => void browser.close().catch(() => {});
  wanted.signal?.addEventListener('abort', end, { once: true });
  try {
    try {
      await page.goto(wanted.url, { waitUntil: 'load', timeout: wanted.timeoutMs });
    } catch (error) {
      const seen = status === undefined ? {} : { status };
      return { ...seen, notLoaded: firstLine(error), text: '', failedRequests, errors, ...(await picture(page, wanted)) };
    }
    const found = wanted.selector === undefined ? undefined : await isThere(page, wanted.selector, wanted.timeoutMs);
    // What the page asks for after it has loaded counts too.
    await page.waitForLoadState('networkidle', { timeout: settleMs }).catch(() => {});
    const body = page.locator('body');
    // biome-ignore lint/performance/useDomNodeTextContent: what a person sees is asked for, not what is hidden
    const text = await body.innerText({ timeout: settleMs }).catch(() => '');
    return {
      ...(status === undefined ? {} : { status }),
      ...(found === undefined ? {} : { found }),
      ...{ text, failedRequests, errors },
      ...(await picture(page, wanted)),
    };
  } finally {
    wanted.signal?.removeEventListener('abort', end);
  }
}

async function isThere(page: Page, selector: string, timeoutMs: number): Promise<boolean> {
  return await page
    .locator(selector)
    .first()
    .waitFor({ state: 'visible', timeout: timeoutMs })
    .then(
      () => true,
      () => false,
    );
}

async function picture(page: Page, { screenshot, timeoutMs }: PageVisit): Promise<Pick<PageSight, 'screenshot'>> {
  if (!screenshot) return {};
  const taken = await page.screenshot({ type: 'png', timeout: Math.max(5_000, timeoutMs) }).catch(() => undefined);
  return taken === undefined ? {} : { screenshot: taken };
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^\w+\.\w+: /, '');
}
