import { join } from 'node:path';
import type { SmokeCheck } from '../../config/schema.ts';
import { type Context, resourceVariable } from '../../core/ports.ts';
import type { PageSight } from '../../core/web.ts';
import { lastLines } from '../read-log.ts';
import { type Asking, wholeUrl } from '../scene.ts';
import { unfulfilled } from '../unfulfilled.ts';
import type { Answered } from './answered.ts';

type PageCheck = Extract<SmokeCheck, { kind: 'page' }>;

/** Looks at a page in a real browser; the picture goes into the run folder, whatever came of it. */
export async function checkPage(context: Context, asking: Asking, check: PageCheck): Promise<Answered> {
  const failsBy = [
    'a status from 400 on, a request answered with 500 or more, an error in the console',
    ...(check.selector === undefined ? [] : [`no ${check.selector}`]),
    ...check.mustShow.map((one) => `no ${one} in the text`),
    ...check.mustNotShow.map((one) => `${one} in the text`),
  ].join(', ');
  const visited = await context.edge.web.visit({
    url: wholeUrl(asking, check.url),
    profileFolder: join(asking.workFolder, 'browser'),
    env: { [resourceVariable]: asking.mark },
    ...(asking.browser === undefined ? {} : { browser: asking.browser }),
    ...(check.selector === undefined ? {} : { selector: check.selector }),
    ...{ timeoutMs: check.timeoutSeconds * 1000, screenshot: check.screenshot, signal: context.signal },
  });
  if (!visited.ok) return { outcome: 'unknown', said: visited.failure.message, failsBy, cure: visited.failure.cure };
  if (context.signal.aborted) return { outcome: 'unknown', said: 'was interrupted', failsBy };
  const sight = visited.value;
  const artifacts = await keepPicture(asking, check.name, sight);
  const problems = problemsOf(check, sight);
  if (problems.length === 0) return { outcome: 'works', said: `${check.url} loaded with ${sight.status ?? 'no status'}, without an error`, failsBy, artifacts };
  const detail = lastLines([...sight.failedRequests, ...sight.errors].join('\n'));
  const cutOff = sight.notLoaded !== undefined && sight.status === undefined;
  return { outcome: 'broken', said: `${check.url}: ${problems.join('; ')}`, failsBy, artifacts, cutOff, ...(detail === '' ? {} : { detail }) };
}

function problemsOf({ selector, mustShow, mustNotShow, ignoreErrors }: PageCheck, sight: PageSight): readonly string[] {
  // An error without a text is shown by the browser's own page: to it, nothing has loaded.
  if (sight.notLoaded !== undefined) return [(sight.status ?? 0) >= 400 ? `the status is ${sight.status}` : `it did not load: ${sight.notLoaded}`];
  const counts = (line: string) => !ignoreErrors.some((known) => new RegExp(known, 'mu').test(line));
  const requests = sight.failedRequests.filter(counts);
  const errors = sight.errors.filter(counts);
  return [
    ...(sight.status !== undefined && sight.status >= 400 ? [`the status is ${sight.status}`] : []),
    ...(requests.length === 0 ? [] : [`${requests.length === 1 ? 'a request' : `${requests.length} requests`} failed: ${requests[0]}`]),
    ...(errors.length === 0 ? [] : [`the console shows ${errors.length === 1 ? 'an error' : `${errors.length} errors`}: ${errors[0]?.split('\n')[0]}`]),
    ...(sight.found === false ? [`${selector} did not appear`] : []),
    ...unfulfilled({ text: sight.text }, { matches: mustShow, mustNotMatch: mustNotShow }),
  ];
}

async function keepPicture({ moment, writeArtifact }: Asking, name: string, { screenshot }: PageSight): Promise<readonly string[]> {
  if (screenshot === undefined) return [];
  const path = artifactPath(moment, name, 'png');
  await writeArtifact(path, `Picture of ${name} (${moment})`, screenshot);
  return [path];
}

/** A path that a run folder takes, whatever a check is called. */
export function artifactPath(moment: string, name: string, ending: string): string {
  return `smoke/${moment}-${name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}.${ending}`;
}
