import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { RunHeader } from '../core/event.ts';
import type { Context } from '../core/ports.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { makeRunId } from '../evidence/run-id.ts';
import type { RehearseRequest } from './request.ts';

/** What a run or a preflight is about, by whom and where, known before it starts. */
export async function runHeader(
  context: Context,
  { settings, folder, toolVersion }: Pick<RehearseRequest, 'settings' | 'folder' | 'toolVersion'>,
  { source, scope }: { readonly source: string; readonly scope?: RunHeader['scope'] },
): Promise<RunHeader> {
  const { system } = context.edge;
  return {
    runId: makeRunId(context.now()),
    title: settings.title ?? basename(folder),
    source,
    projectFolder: folder,
    toolVersion,
    nodeVersion: process.versions.node,
    platform: `${system.platform} ${system.arch}`,
    host: system.host,
    user: system.user,
    configSha256: configSha256(settings),
    ...withoutUndefined({ git: await gitState(context, folder), scope }),
  };
}

/** Absent where the folder is in no repository. */
async function gitState(context: Context, folder: string): Promise<RunHeader['git']> {
  const head = await context.edge.system.run({ command: 'git', args: ['rev-parse', 'HEAD'], cwd: folder });
  if (!head.ok || head.value.exitCode !== 0) return undefined;
  const status = await context.edge.system.run({ command: 'git', args: ['status', '--porcelain', '--untracked-files=no', '.'], cwd: folder });
  const tree = await context.edge.system.run({ command: 'git', args: ['rev-parse', 'HEAD:./'], cwd: folder });
  const files = tree.ok && tree.value.exitCode === 0 ? { tree: tree.value.stdout.trim() } : {};
  return { ...files, commit: head.value.stdout.trim(), dirty: status.ok && status.value.stdout.trim() !== '' };
}

/** SHA-256 of the parsed configuration, in hex. */
export function configSha256(settings: RehearseRequest['settings']): string {
  return createHash('sha256')
    .update(JSON.stringify(withoutSecrets(settings)))
    .digest('hex');
}

/** A URL may hold a password; what is hashed must not, since a short password could be found from its hash. */
function withoutSecrets(settings: RehearseRequest['settings']): unknown {
  const source = withoutUrl(settings.source);
  const target = settings.target === undefined || 'throwaway' in settings.target ? settings.target : { ...settings.target, url: undefined };
  const { production } = settings.runbook;
  const runbook = production === undefined ? settings.runbook : { ...settings.runbook, production: { ...production, url: undefined } };
  // How clones are made changes nothing of what is rehearsed, and what a preflight takes for safe nothing of the rehearsal.
  return { ...settings, source, target, runbook, clone: { ...settings.clone, password: undefined, method: undefined }, preflight: undefined, sync: undefined };
}

/** How long is waited, and who pays for what, changes nothing of what is rehearsed either. */
function withoutUrl(source: RehearseRequest['settings']['source']): unknown {
  if ('dump' in source) return source;
  if ('attached' in source) return { attached: { ...source.attached, url: undefined } };
  const upkeep = { prices: undefined, allowChanges: undefined, deleteAfterHours: undefined, pollSeconds: undefined, waitHours: undefined };
  if ('rds' in source) return { rds: { ...source.rds, ...upkeep } };
  if ('aurora' in source) return { aurora: { ...source.aurora, ...upkeep } };
  if ('azure' in source) return { azure: { ...source.azure, ...upkeep } };
  return { ...source, url: undefined };
}
