import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { migrate } from '../../src/config/settings/migrate.ts';
import type { Address } from '../../src/core/server.ts';
import type { CommandSettings, MigrateSettings } from '../../src/migrate/migrate-settings.ts';
import { runMigrationCommand } from '../../src/migrate/run-command.ts';
import { makeFolder } from './temporary-folder.ts';
import { testContext } from './test-context.ts';

/** A folder with the migration tools of test/tools/npm, brought from the registry: exactly those of its lock file. */
export function installNpmTools(): { readonly folder: string; readonly remove: () => void } {
  const folder = makeFolder('pgr-npm-tools-');
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(import.meta.dirname, '../tools/npm', file), join(folder, file));
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`npm ci: ${installed.stderr}`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A project of these files beside the installed tools. */
export function makeProject(tools: string, name: string, files: Readonly<Record<string, string>>): string {
  const project = join(tools, name);
  mkdirSync(project);
  symlinkSync(join(tools, 'node_modules'), join(project, 'node_modules'));
  for (const [path, text] of Object.entries({ 'package.json': '{"private":true,"type":"module"}', ...files })) writeInto(project, path, text);
  return project;
}

export function writeInto(project: string, path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

/** `migrate` as a configuration file would say it. */
export function migrateSettings(input: Parameters<typeof migrate.parse>[0]): MigrateSettings {
  return migrate.parse(input);
}

/** Runs the tool as a rehearsal would; gives how it ended and all that it said. */
export async function runTool(
  settings: MigrateSettings,
  command: readonly string[],
  address: Address,
  project: string,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  if (settings.tool !== 'command') throw new Error('the tool is not started');
  const context = testContext();
  const { ledger: _, ...without } = settings as CommandSettings;
  const ran = await runMigrationCommand(context, { ...without, command: [...command] }, address, project);
  const said = context.events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
  return { ok: ran.ok, said: [...said, ...(ran.ok ? [] : [ran.failure.message])].join('\n') };
}
