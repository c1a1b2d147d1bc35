import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { DumpKeys } from '../core/dump-keys.ts';
import type { FolderSource, ScriptSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { checkDirectory } from './check-directory.ts';
import { checkTar } from './check-tar.ts';
import { dumpFacts } from './dump-facts.ts';
import { findDump } from './find-dump.ts';
import { openArchive } from './open-archive.ts';
import { openDumpFolder } from './open-dump-folder.ts';
import { openPlain } from './open-plain.ts';
import { openScriptFolder } from './open-script-folder.ts';
import { readRolesFile } from './read-roles-file.ts';
import { recogniseDump } from './recognise-dump.ts';
import { surveyScript } from './survey-script.ts';

export interface DumpRequest {
  /** A dump of pg_dump in any format, a dump folder of ours, or a folder of dumps: then the newest. */
  readonly path: string;
  /** Output of `pg_dumpall --roles-only --no-role-passwords`. */
  readonly roles?: string;
  /** Asked only when the dump is encrypted. */
  readonly keys?: () => Promise<Result<DumpKeys>>;
}

/**
 * Opens a dump. A script is read through once here, a dump folder's scripts too: one that is damaged, or holds something that isn't run, is
 * refused before anything is made. A folder's rows are checked while they are loaded.
 *
 * Fails with `dump-not-found`, `dump-damaged`, `dump-refused`, `dump-key-missing`, `dump-key-wrong`, `pg-restore-missing`.
 *
 * @example const source = await openDump(context, { path: 'dump/app.dump', roles: 'dump/roles.sql' });
 */
export async function openDump(context: Context, request: DumpRequest): Promise<Result<ScriptSource | FolderSource>> {
  const found = await findDump(request.path);
  if (!found.ok) return found;
  if (found.value.kind === 'folder') {
    const { path, manifest } = found.value;
    if (manifest.format === 'pgrehearse-dump/1') return await openScriptFolder(context, path, manifest);
    return await openDumpFolder(context, path, manifest, request.keys);
  }
  const { path, toc, modifiedAt } = found.value;
  const format = await recogniseDump(toc);
  if (!format.ok) return format;
  const recognised = format.value;

  let open = async (): Promise<Result<Readable>> => ok(openPlain(path, recognised.kind === 'plain' ? recognised.compression : 'none'));
  if (recognised.kind === 'archive') {
    const cut = found.value.kind === 'directory' ? await checkDirectory(path) : recognised.header.format === 'tar' ? await checkTar(path) : undefined;
    if (cut !== undefined) return fail(cut);
    const pgRestore = await context.edge.postgres.pgRestoreFor(recognised.header.version);
    if (!pgRestore.ok) return pgRestore;
    open = () => openArchive(context, pgRestore.value, path);
  }
  const opened = await open();
  if (!opened.ok) return opened;
  const survey = await surveyScript(context, opened.value, path);
  if (!survey.ok) return survey;
  const roles = request.roles === undefined ? undefined : await readRolesFile(request.roles);
  if (roles?.ok === false) return roles;
  const facts = dumpFacts({
    label: `dump ${basename(path)}`,
    fileName: basename(path),
    modifiedAt,
    survey: survey.value,
    rolesFile: roles?.value,
    ...(recognised.kind === 'archive' ? { header: recognised.header } : {}),
  });
  return ok({
    kind: 'script',
    facts,
    encoding: survey.value.head.encoding,
    madeByDump: survey.value.head.madeBy !== 'none',
    losses: [],
    open,
    [Symbol.asyncDispose]: async () => {},
  });
}
