import { resolve } from 'node:path';
import { type Failure, failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { withAncestors } from '../../heads.ts';
import type { MigrateSettings } from '../../migrate-settings.ts';
import { readLedger } from '../../read-ledger.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { type OrderedRevision, orderRevisions } from './order-revisions.ts';
import { inProject, readAlembicConfig } from './read-config.ts';
import { type AlembicRevision, readRevision } from './read-revision.ts';
import { type RevisionFolders, readRevisionFiles } from './read-revision-files.ts';

/** Where `alembic init alembic` puts revisions, and what `migrate.folder` is unless given. */
const usualFolder = 'alembic/versions';

/**
 * Alembic: revisions are Python files that name their parents, `alembic_version` holds the heads of what is applied. Checked against Alembic 1.8.1.
 * Sources: its RevisionMap and ScriptDirectory, https://alembic.sqlalchemy.org/en/latest/branches.html and …/tutorial.html.
 */
export const alembic: ToolAdapter = {
  name: 'alembic',

  async readHistory(projectFolder, settings) {
    const folders = await foldersOf(projectFolder, settings);
    if (!folders.ok) return folders;
    const { files, problems } = await readRevisionFiles(projectFolder, folders.value);
    const unread: Failure[] = [...problems];
    const revisions: AlembicRevision[] = [];
    for (const file of files) {
      const read = readRevision(file);
      if ('problem' in read) unread.push(read.problem);
      else revisions.push(read.revision);
    }
    // Where a file couldn't be read, its children would be told as orphans.
    const ordered = unread.length > 0 ? { revisions: [], problems: unread } : orderRevisions(revisions);
    const shown = folders.value.folders.map((folder) => inProject(projectFolder, folder)).join(', ');
    return historyOf({ migrations: ordered.revisions.map(migrationOf), problems: ordered.problems }, shown, 'Alembic');
  },

  // Every row is a head, and nothing else: a value such as 7 must not be taken for a revision 007.
  readLedger,

  async refusals(_session, _ledger, migrations, rows) {
    const heads = rows.map(({ value }) => value);
    return heads.flatMap((head) => {
      const below = withAncestors(migrations, [head]);
      const covered = heads.filter((other) => other !== head && below.has(other));
      return covered.length === 0 ? [] : [overlap(head, covered)];
    });
  },

  commands(settings) {
    const program = settings.program ?? ['alembic'];
    return {
      up: settings.tool === 'command' ? settings.command : [...program, 'upgrade', 'head'],
      upTo: (revision) => [...program, 'upgrade', revision],
      stamp: (revision) => [...program, 'stamp', revision],
      downTo: (revision) => [...program, 'downgrade', revision ?? 'base'],
      current: [...program, 'current'],
      heads: [...program, 'heads'],
      history: [...program, 'history', '--verbose'],
      version: [...program, '--version'],
    };
  },
};

/** What `alembic.ini` says; where it doesn't say it, `migrate.folder`. */
async function foldersOf(projectFolder: string, settings: MigrateSettings): Promise<Result<RevisionFolders>> {
  const folder = settings.folder ?? usualFolder;
  const given = resolve(projectFolder, folder);
  const started = settings.tool === 'command' ? settings : { env: {}, command: [], workingFolder: undefined };
  const workingFolder = resolve(projectFolder, started.workingFolder ?? '.');
  const config = await readAlembicConfig(projectFolder, { workingFolder, program: settings.program ?? started.command, env: started.env });
  const { recursive = false, sourceless = false, folders } = config ?? {};
  if (folders === undefined) {
    // The usual folder is no word of the team's: where it isn't there, the reason why nothing better is known is what helps.
    const rest = { folders: [given], recursive, sourceless };
    if (folder !== usualFolder || config === undefined) return ok(rest);
    const message = `where Alembic’s revisions are isn’t known from ${config.file}: ${config.because}`;
    return fail(failure('migration-folder-missing', message, { object: config.file, place: { file: config.file }, cure: 'Set migrate.folder.' }));
  }
  if (folder !== usualFolder && !folders.includes(given)) {
    const shown = folders.map((one) => inProject(projectFolder, one)).join(', ');
    return fail(
      failure('migration-format', `migrate.folder is ${folder}, and ${config?.file} has Alembic read ${shown}`, {
        object: folder,
        cure: 'Leave migrate.folder out, or name the right configuration in migrate.program: ["alembic", "-c", "…"].',
      }),
    );
  }
  return ok({ folders, recursive, sourceless });
}

function migrationOf({ revision, downRevisions, dependsOn, file, sha256, text }: OrderedRevision): Migration {
  return {
    revision,
    file,
    sha256,
    up: text,
    upLine: 1,
    optsOutOfTransaction: false,
    parents: downRevisions,
    ...(dependsOn.length > 0 && { dependsOn }),
    language: 'code',
  };
}

function overlap(head: string, covered: readonly string[]): Failure {
  return failure('ledger-unknown', `alembic_version names ${head} and also ${covered.join(', ')}, on which ${head} rests: Alembic stops at such a ledger`, {
    object: head,
    rootCause: 'multiple-heads',
    cure: 'Delete the older row in production, after asking who wrote it.',
  });
}
