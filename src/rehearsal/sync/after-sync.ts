import type { SyncSettings } from '../../config/settings/sync.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Secret } from '../../core/secret.ts';
import type { AfterStep } from '../../core/sync.ts';
import { commandEnvironment, leadsElsewhere } from '../../migrate/command-environment.ts';
import { askHttp, showSilence } from '../../smoke/checks/ask-http.ts';
import { checkHttp } from '../../smoke/checks/check-http.ts';
import { jsonValue, showJson } from '../../smoke/json-value.ts';
import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';

export type DecidedStep = AfterStep & { readonly required: boolean };

interface Asking {
  readonly folder: string;
  readonly hide: (secret: Secret) => void;
}

type Migrate = NonNullable<SyncSettings['after']['migrate']>;

/** Migrates staging as configured; undefined where nothing is. */
export async function migrateStaging(
  context: Context,
  staging: ProvenStaging | undefined,
  migrate: Migrate | undefined,
  asking: Asking,
): Promise<DecidedStep | undefined> {
  if (migrate === undefined) return undefined;
  const took = watch();
  if ('http' in migrate) {
    const { expect, ...request } = migrate.http;
    const answered = await checkHttp(context, { ...asking, origin: undefined }, { ...request, expect });
    return step('migrate', 'migration', outcomeOf(answered.outcome), answered.said, took(), true, answered.detail);
  }
  const [command = '', ...args] = migrate.command;
  const name = migrate.command.join(' ');
  const lines: string[] = [];
  const ran = await context.edge.system.run({
    ...{ command, args, cwd: asking.folder, inheritEnvironment: true, timeoutMs: migrate.timeoutSeconds * 1000, signal: context.signal },
    env: staging === undefined ? migrate.env : commandEnvironment(staging.address, { env: migrate.env }),
    withoutVariable: leadsElsewhere(migrate.env),
    onLine: (stream, line) => {
      lines.push(line);
      context.emit({ type: 'output', phase: 'migrate', stream, line });
    },
  });
  if (!ran.ok) return step('migrate', name, 'failed', ran.failure.message, took(), true);
  const { exitCode, signal } = ran.value;
  const said = signal !== null ? `ended by ${signal}` : `exit code ${exitCode}`;
  return step('migrate', name, exitCode === 0 ? 'done' : 'failed', said, took(), true, exitCode === 0 ? undefined : lines.slice(-6).join('\n'));
}

/** Asks staging whether it works, and whether it has what production has. */
export async function askStaging(
  context: Context,
  staging: ProvenStaging | undefined,
  { checks, counts, versions }: SyncSettings['after'],
  asking: Asking,
): Promise<readonly DecidedStep[]> {
  const steps: DecidedStep[] = [];
  const http = { ...asking, origin: undefined };
  for (const { name, required, ...check } of checks) {
    const took = watch();
    const { outcome, said, detail } = await checkHttp(context, http, check);
    steps.push(step('check', name, outcomeOf(outcome), said, took(), required, detail));
  }
  for (const { table, path, ...request } of counts) {
    const took = watch();
    const told = await valueAt(context, http, request, path);
    const rows = staging === undefined ? { unknown: 'no staging database is configured' } : await rowsOfTable(context, staging, table);
    const name = `rows of ${table}`;
    if ('unknown' in told) steps.push(step('count', name, 'unknown', told.unknown, took(), true));
    else if ('unknown' in rows) steps.push(step('count', name, 'unknown', rows.unknown, took(), true));
    else {
      const same = Number(told.value) === rows.value;
      steps.push(step('count', name, same ? 'done' : 'failed', `the application says ${showJson(told.value)}, the table has ${rows.value}`, took(), true));
    }
  }
  if (versions !== undefined) steps.push(await compareVersions(context, http, versions));
  return steps;
}

/** Staging ahead of production is nothing unusual; it is told, and whether it was expected. */
async function compareVersions(
  context: Context,
  http: Asking & { readonly origin: undefined },
  { production, staging, expect }: NonNullable<SyncSettings['after']['versions']>,
): Promise<DecidedStep> {
  const took = watch();
  const [there, here] = [await valueAt(context, http, production, production.path), await valueAt(context, http, staging, staging.path)];
  if ('unknown' in there) return step('version', 'version', 'unknown', `production: ${there.unknown}`, took(), expect !== 'any');
  if ('unknown' in here) return step('version', 'version', 'unknown', `staging: ${here.unknown}`, took(), expect !== 'any');
  const [left, right] = [showJson(there.value), showJson(here.value)];
  const isSame = left === right;
  const isExpected = expect === 'any' || (expect === 'same') === isSame;
  const said = isSame ? `both run ${left}` : `production runs ${left}, staging ${right}`;
  return step(
    'version',
    'version',
    isExpected ? 'done' : 'failed',
    `${said}: ${isExpected ? 'as expected' : `${expect} versions were expected`}`,
    took(),
    true,
  );
}

async function valueAt(context: Context, http: Asking & { readonly origin: undefined }, request: Parameters<typeof askHttp>[2], path: string) {
  const asked = await askHttp(context, http, request);
  if (!asked.ok) return { unknown: asked.failure.message };
  if ('none' in asked.value) return { unknown: showSilence(request, asked.value.none) };
  const { answer } = asked.value;
  if (answer.status < 200 || answer.status > 299) return { unknown: `${request.method} ${request.url} answered ${answer.status}` };
  try {
    const value = jsonValue(JSON.parse(answer.body), path);
    return value === undefined ? { unknown: `${request.method} ${request.url} has nothing at ${path}` } : { value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { unknown: `${request.method} ${request.url} answered no JSON` };
  }
}

async function rowsOfTable(context: Context, staging: ProvenStaging, table: string): Promise<{ readonly value: number } | { readonly unknown: string }> {
  const parsed = parseQualifiedName(table);
  if (parsed === undefined) return { unknown: `${table} is no name of a table` };
  const opened = await openWriter(context, staging, 'UTF8');
  if (!opened.ok) return { unknown: opened.failure.message };
  await using session = opened.value;
  try {
    const [row] = await session.query<{ rows: string }>(`select pg_catalog.count(*) as rows from ${qualifiedName(parsed.schema ?? 'public', parsed.name)}`);
    return { value: Number(row?.rows) };
  } catch (error) {
    if (error instanceof SqlError) return { unknown: error.fields.message };
    if (error instanceof FailureError) return { unknown: error.failure.message };
    throw error;
  }
}

function outcomeOf(outcome: 'works' | 'broken' | 'unknown'): AfterStep['outcome'] {
  return outcome === 'works' ? 'done' : outcome === 'broken' ? 'failed' : 'unknown';
}

function step(
  kind: AfterStep['kind'],
  name: string,
  outcome: AfterStep['outcome'],
  said: string,
  durationMs: number,
  required: boolean,
  detail?: string,
): DecidedStep {
  return { kind, name, outcome, said: detail === undefined || detail === '' ? said : `${said}: ${detail}`, durationMs, required };
}

function watch(): () => number {
  const startedAt = performance.now();
  return () => Math.round(performance.now() - startedAt);
}
