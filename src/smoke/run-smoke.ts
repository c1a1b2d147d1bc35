import type { ApplicationSettings, SmokeCheck } from '../config/schema.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result, unreachable } from '../core/result.ts';
import { type SmokeAnswer, type SmokeReport, wasUsed } from '../core/smoke.ts';
import type { Answered } from './checks/answered.ts';
import { checkCommand, phaseOf } from './checks/check-command.ts';
import { checkHttp } from './checks/check-http.ts';
import { checkManual } from './checks/check-manual.ts';
import { artifactPath, checkPage } from './checks/check-page.ts';
import { checkPoll } from './checks/check-poll.ts';
import { lastLines } from './read-log.ts';
import type { Asking, SmokeScene } from './scene.ts';
import { type StartedApplication, showEnd, startApplication } from './start-application.ts';
import { type UseWatch, watchUse } from './watch-use.ts';

/**
 * Starts the application on a clone, asks every check that belongs to this moment, and stops it, whatever happens. It decides nothing: what was found is
 * judged elsewhere. For each check it is noted whether anybody came to the clone meanwhile.
 *
 * Fails where the clone can't be watched.
 */
export async function runSmoke(context: Context, scene: SmokeScene): Promise<Result<SmokeReport>> {
  const watching = await watchUse(context, scene.admin);
  if (!watching.ok) return watching;
  await using watch = watching.value;
  const checks = scene.checks.filter((check) => (check.kind === 'manual' ? scene.moment === 'new' : check.on.includes(scene.moment)));
  const { application, moment, role, version } = scene;
  try {
    const answers =
      application === undefined
        ? await askAll(context, { ...scene, origin: undefined }, watch, checks)
        : await withApplication(context, scene, application, watch, checks);
    return ok({ moment, role, ...(version === undefined ? {} : { version }), answers });
  } finally {
    // A check's program that left something running, and the browser.
    await context.edge.system.endMarked(scene.mark, ['SIGTERM', 'SIGKILL']);
  }
}

async function withApplication(
  context: Context,
  scene: SmokeScene,
  settings: ApplicationSettings,
  watch: UseWatch,
  checks: readonly SmokeCheck[],
): Promise<readonly SmokeAnswer[]> {
  const startedAt = performance.now();
  step(context, scene, `Starting ${settings.start[0]}`);
  const since = await watch.begin();
  const started = await startApplication(context, scene, settings);
  const about = { name: 'application', kind: 'application', required: true } as const;
  const failsBy = [
    `it is not ready within ${settings.timeoutSeconds} s, or ends by itself`,
    ...settings.logMustNotContain.map((one) => `${one} in its output`),
  ].join(', ');
  if (!started.ok) {
    const { message, cure } = started.failure;
    const answer: SmokeAnswer = { ...about, outcome: 'unknown', said: message, cure, failsBy, durationMs: elapsed(startedAt) };
    return [answer, ...unasked(checks, 'the application could not be started')];
  }
  const running = started.value;
  try {
    const ready = await running.untilReady();
    const readyMs = elapsed(startedAt);
    const asking: Asking = { ...scene, origin: running.origin, untilEnded: running.untilEnded };
    // Only what needs no application is still asked.
    const isFree = (check: SmokeCheck) => check.kind === 'manual';
    // What a command asks of the clone by itself is no use of it by the application.
    const itsOwn = checks.filter(asksTheApplication);
    const atStart = ready !== 'ready' ? undefined : itsOwn.length === 0 ? await since.end() : await since.soFar();
    const answers =
      ready === 'ready'
        ? await askAll(context, asking, watch, checks)
        : [
            ...(await askAll(context, asking, watch, checks.filter(isFree))),
            ...unasked(
              checks.filter((check) => !isFree(check)),
              'the application was not ready',
            ),
          ];
    const later = answers.find(({ name, use: seen }) => seen !== undefined && wasUsed(seen) && itsOwn.some((check) => check.name === name))?.use;
    // What didn't get ready needs no proof that it could fail.
    const use = atStart === undefined || wasUsed(atStart) ? atStart : (later ?? atStart);
    const end = await endOf(context, scene, settings, running, ready);
    return [{ ...about, ...end, ...(use === undefined ? {} : { use }), failsBy, durationMs: readyMs }, ...answers];
  } finally {
    await running.stop();
  }
}

/** What became of the application itself, once everything was asked of it: it is stopped, and its output read to the end. */
async function endOf(
  context: Context,
  scene: SmokeScene,
  settings: ApplicationSettings,
  running: StartedApplication,
  ready: 'ready' | { readonly why: string },
): Promise<Pick<SmokeAnswer, 'outcome' | 'said' | 'detail' | 'artifacts'>> {
  const ended = running.ended();
  const left = await running.stop();
  const output = await running.output();
  const path = artifactPath(scene.moment, 'application', 'log');
  await scene.writeArtifact(path, `Output of the application (${scene.moment})`, output);
  const shown = lastLines(output);
  const detail = shown === '' ? {} : { detail: shown };
  const artifacts = [path];
  if (context.signal.aborted) return { outcome: 'unknown', said: 'was interrupted', ...detail, artifacts };
  if (ready !== 'ready') return { outcome: 'broken', said: ready.why, ...detail, artifacts };
  if (ended !== undefined) return { outcome: 'broken', said: `ended by itself with ${showEnd(ended)} while it was checked`, ...detail, artifacts };
  const unwanted = await running.linesThatMatch(settings.logMustNotContain);
  if (unwanted.length > 0) {
    const more = unwanted.length === 1 ? '' : ` and ${unwanted.length - 1} more`;
    return { outcome: 'broken', said: `printed what it must not: ${unwanted[0]}${more}`, detail: lastLines(unwanted.join('\n')), artifacts };
  }
  if (left.length > 0) return { outcome: 'broken', said: `did not end: process ${left.join(', ')}`, ...detail, artifacts };
  return { outcome: 'works', said: 'started, got ready, and stayed until everything was asked', artifacts };
}

async function askAll(context: Context, asking: Asking, watch: UseWatch, checks: readonly SmokeCheck[]): Promise<readonly SmokeAnswer[]> {
  const answers: SmokeAnswer[] = [];
  for (const check of checks) {
    if (context.signal.aborted) return [...answers, ...unasked(checks.slice(answers.length), 'the run was interrupted')];
    const startedAt = performance.now();
    step(context, asking, `Checking ${check.name}`);
    const since = check.kind === 'manual' ? undefined : await watch.begin();
    const { ownSessions, cutOff = false, ...answered } = await ask(context, asking, check);
    if (cutOff) await asking.untilEnded?.();
    watch.opened(ownSessions ?? 0);
    // A check that failed needs no proof that it could, but may be what shows that the application uses the clone at all.
    const use = answered.outcome === 'works' ? await since?.end() : await since?.soFar();
    answers.push({ ...about(check), ...answered, ...(use === undefined ? {} : { use }), durationMs: elapsed(startedAt) });
  }
  return answers;
}

async function ask(context: Context, asking: Asking, check: SmokeCheck): Promise<Answered> {
  switch (check.kind) {
    case undefined:
    case 'command':
      return await checkCommand(context, asking, check);
    case 'http':
      return await checkHttp(context, asking, check);
    case 'poll':
      return await checkPoll(context, asking, check);
    case 'page':
      return await checkPage(context, asking, check);
    case 'manual':
      return await checkManual(context, asking, check);
    default:
      return unreachable(check);
  }
}

/** Whether a check asks nobody but the application: then whoever comes to the clone is the application. */
function asksTheApplication(check: SmokeCheck): boolean {
  if (check.kind === 'http' || check.kind === 'page') return true;
  return check.kind === 'poll' && !('command' in check.ask) && (check.trigger === undefined || 'http' in check.trigger);
}

function about({ name, kind = 'command', required }: SmokeCheck): Pick<SmokeAnswer, 'name' | 'kind' | 'required'> {
  return { name, kind, required };
}

function unasked(checks: readonly SmokeCheck[], why: string): readonly SmokeAnswer[] {
  return checks.map((check) => ({
    ...about(check),
    outcome: 'unknown',
    said: `was not asked: ${why}`,
    failsBy: 'nothing, since it was not asked',
    durationMs: 0,
  }));
}

function step(context: Context, scene: SmokeScene, text: string): void {
  context.emit({ type: 'step', phase: phaseOf(scene), text });
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
