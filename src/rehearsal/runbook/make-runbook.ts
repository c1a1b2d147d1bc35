import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import { ok, type Result } from '../../core/result.ts';
import { type RunSummary, summarise } from '../../core/run-summary.ts';
import { Secret } from '../../core/secret.ts';
import { passwordInUrl } from '../../core/secret-name.ts';
import { listRuns, type RunListing } from '../../evidence/list-runs.ts';
import { readEvidence } from '../../evidence/read-evidence.ts';
import { makeRedactor } from '../../evidence/redact.ts';
import { settingsSecrets } from '../../evidence/settings-secrets.ts';
import { readMigrations } from '../../migrate/read-migrations.ts';
import { buildRunbook } from '../../report/runbook/build-runbook.ts';
import type { RunbookDocument } from '../../report/runbook/document.ts';
import { withTextHash } from '../../report/runbook/origin-mark.ts';
import { renderRunbookHtml } from '../../report/runbook/render-html.ts';
import { renderRunbookMarkdown } from '../../report/runbook/render-markdown.ts';
import { verdictWord } from '../../report/words.ts';
import { configSha256 } from '../run-header.ts';
import { withRunbookWaysDown } from './runbook-ways-down.ts';

export interface RunbookWanted {
  readonly settings: Settings;
  /** The project's folder: paths of the settings are relative to it. */
  readonly folder: string;
  /** As a person names it; absent: it is found by itself. */
  readonly configFile?: string;
  /** Folder of the run that it takes figures from; absent: none. */
  readonly runFolder?: string;
}

export const runbookForms = {
  markdown: (document: RunbookDocument) => withTextHash(renderRunbookMarkdown(document)),
  html: (document: RunbookDocument) => withTextHash(renderRunbookHtml(document)),
} as const;
export type RunbookForm = keyof typeof runbookForms;

/**
 * The team's runbook, as data. Nothing is connected to, and nothing run.
 *
 * Fails with what reading the migrations and the run's evidence fails with, and with `config-invalid` where the runbook names what isn't there.
 */
export async function makeRunbook({ settings, folder, configFile, runFolder }: RunbookWanted): Promise<Result<RunbookDocument>> {
  const read = await readMigrations(settings.migrate, folder);
  if (!read.ok) return read;
  const known = await withRunbookWaysDown(settings, folder, read.value);
  if (!known.ok) return known;
  const migrations = known.value;
  const run = runFolder === undefined ? ok(undefined) : await readRun(runFolder);
  if (!run.ok) return run;
  const config = configSha256(settings);
  const evidence = run.value?.summary;
  const header = evidence?.header;
  // The file goes into a repository: a password in a command of the team's must not.
  const secrets = makeRedactor([...settingsSecrets(settings), ...passwordsInCommands(settings.runbook)]);
  return ok(
    secrets.value(
      buildRunbook({
        ...{ settings, migrations, title: settings.title ?? basename(folder) },
        ...(configFile === undefined ? {} : { configFile }),
        ...(evidence === undefined ? {} : { evidence }),
        made: {
          ...{ configSha256: config, migrationsSha256: hashOf(migrations) },
          ...(run.value === undefined || evidence === undefined || header === undefined
            ? {}
            : {
                evidence: {
                  ...{ runId: header.runId, verdict: verdictWord(evidence) },
                  ...(run.value.rootSha256 === undefined ? {} : { rootSha256: run.value.rootSha256 }),
                },
              }),
        },
        stale: evidence === undefined ? [] : staleness(evidence, migrations, config),
      }),
    ),
  );
}

/** The newest run that judged a deploy and ended. */
export async function newestDeployRun(runsFolder: string): Promise<Result<RunListing | undefined>> {
  const runs = await listRuns(runsFolder);
  return runs.ok ? ok(runs.value.find(({ scope, verdict }) => scope === undefined && verdict !== undefined)) : runs;
}

async function readRun(runFolder: string): Promise<Result<{ readonly summary: RunSummary; readonly rootSha256: string | undefined }>> {
  const evidence = await readEvidence(runFolder);
  if (!evidence.ok) return evidence;
  const manifest = evidence.value.manifest === undefined ? undefined : await readFile(join(runFolder, 'manifest.json'));
  const rootSha256 = manifest === undefined ? undefined : createHash('sha256').update(manifest).digest('hex');
  return ok({ summary: summarise(evidence.value.entries), rootSha256 });
}

/** Passwords of URLs in the middle of commands; `$PASSWORD` is none. */
function passwordsInCommands(runbook: Settings['runbook']): readonly Secret[] {
  const urls = JSON.stringify(runbook).match(/[a-z][a-z0-9+.-]*:\/\/[^\s"'`\\]+/gi) ?? [];
  const passwords = urls.map((url) => passwordInUrl(url)).filter((password) => password !== undefined && !password.startsWith('$'));
  return passwords.map((password) => new Secret(password ?? ''));
}

/** Of all that would run: files, and ways down wherever they stand. */
function hashOf(migrations: readonly Migration[]): string {
  const hash = createHash('sha256');
  for (const { revision, sha256, down } of migrations) hash.update(JSON.stringify([revision, sha256, down ?? null]));
  return hash.digest('hex');
}

function staleness({ header, migrations: rehearsed, lineage }: RunSummary, migrations: readonly Migration[], config: string): readonly string[] {
  const shas = new Map(rehearsed.map(({ revision, sha256 }) => [revision, sha256]));
  const applied = new Set(lineage?.applied ?? []);
  const edited = migrations.filter(({ revision, sha256 }) => shas.has(revision) && shas.get(revision) !== sha256).map(({ revision }) => revision);
  const unknown = migrations.filter(({ revision }) => !shas.has(revision) && !applied.has(revision)).map(({ revision }) => revision);
  return [
    ...(header === undefined || header.configSha256 === config ? [] : ['The configuration has changed since: what was rehearsed was asked of another one.']),
    ...(edited.length === 0 ? [] : [`Changed since it was rehearsed, so that no figures are given: ${edited.join(', ')}.`]),
    ...(unknown.length === 0 ? [] : [`Not rehearsed: ${unknown.join(', ')}.`]),
  ];
}
