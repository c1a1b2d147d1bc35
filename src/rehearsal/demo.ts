import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseBuild } from '../cluster/choose-build.ts';
import { createDatabase } from '../cluster/create-database.ts';
import { startServer } from '../cluster/start-server.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/schema.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address, LocaleSettings } from '../core/server.ts';
import type { VerdictKind } from '../core/verdict.ts';
import { connectionUrl } from '../migrate/command-environment.ts';
import { type RunResult, rehearse } from './rehearse.ts';
import { withSession } from './with-session.ts';

export interface DemoRequest {
  /** The example: production.sql and its configurations. */
  readonly exampleFolder: string;
  /** Where the two runs' folders go. */
  readonly runsFolder: string;
  readonly toolVersion: string;
}

export interface DemoRun {
  readonly configuration: string;
  readonly expected: VerdictKind;
  readonly result: RunResult;
}

/** The two rehearsals, in the order in which they tell the story. */
const acts: readonly { readonly file: string; readonly expected: VerdictKind }[] = [
  { file: 'pgrehearse.flawed.config.json', expected: 'BLOCKER' },
  { file: 'pgrehearse.repaired.config.json', expected: 'PASS' },
];

const production = { major: 18, database: 'arrowroot' };
const locale: LocaleSettings = { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' };

/**
 * Shows the main job: starts a small company's production on a server of ours, and rehearses the same deploy twice, as first written and as repaired.
 *
 * @returns both runs; the caller compares verdicts with what was expected
 */
export async function runDemo(context: Context, request: DemoRequest): Promise<Result<readonly DemoRun[]>> {
  const build = await chooseBuild(context, { major: production.major, extensions: [], languages: [], features: [] });
  if (!build.ok) return build;
  const started = await startServer(context, { build: build.value, label: 'demo production', locale });
  if (!started.ok) return started;
  await using server = started.value;
  const source = await fill(context, server.server.admin, join(request.exampleFolder, 'production.sql'));
  if (!source.ok) return source;
  const runs: DemoRun[] = [];
  for (const { file, expected } of acts) {
    const loaded = await loadSettings(request.exampleFolder, join(request.exampleFolder, file));
    if (!loaded.ok) return loaded;
    const settings: Settings = { ...loaded.value.settings, source: { url: connectionUrl(source.value), allowPrimary: true, unchanging: false } };
    const result = await rehearse(context, { settings, folder: request.exampleFolder, runsFolder: request.runsFolder, toolVersion: request.toolVersion });
    if (!result.ok) return result;
    runs.push({ configuration: basename(file), expected, result: result.value });
  }
  return ok(runs);
}

/** Loads production.sql as a superuser of production's own, so that nothing of ours shows up in it. */
async function fill(context: Context, admin: Address, file: string): Promise<Result<Address>> {
  const created = await createDatabase(context, admin, production.database, production.major, locale);
  if (!created.ok) return created;
  const address = { ...admin, database: production.database };
  const sql = await readFile(file, 'utf8');
  return await withSession(context, address, async (session) => {
    await session.execute(sql);
    return ok(address);
  });
}
