import { type Failure, failure } from '../../core/failure.ts';
import type { LayoutReader, MigrationFile } from '../migration-file.ts';
import { textAsSent } from '../tools/text-as-sent.ts';
import { hasNoTransactionMark } from '../transaction-mark.ts';

/**
 * `<time>_name/migration.sql`, sorted as Prisma sorts: by the folder's name, byte by byte, not by number.
 * (In one history `20250625_x` really runs after `20250604085536_y`; two folders may share a time.) A `down.sql` beside it is taken as the way down.
 */
export const readPrismaFolders: LayoutReader = (files) => {
  const folders = new Map<string, { up?: MigrationFile; down?: MigrationFile; first: MigrationFile }>();
  const problems: Failure[] = [];
  for (const file of files) {
    const [folder, name, ...deeper] = file.path.split('/');
    if (folder === undefined || name === undefined || deeper.length > 0) {
      if (name === undefined && file.path.endsWith('.sql')) {
        problems.push(refuse(file, 'is not in a folder of its own', 'Prisma reads <time>_name/migration.sql only: move it, or set another migrate.layout.'));
      }
      continue;
    }
    const entry = folders.get(folder) ?? { first: file };
    if (name === 'migration.sql') entry.up = file;
    else if (name === 'down.sql') entry.down = file;
    folders.set(folder, entry);
  }
  const migrations = [...folders]
    .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    .flatMap(([revision, { up, down, first }]) => {
      if (up === undefined) {
        problems.push(refuse(first, 'is in a folder without migration.sql', 'Prisma stops at such a folder: add migration.sql, or remove the folder.'));
        return [];
      }
      return {
        revision,
        file: up.file,
        sha256: up.sha256,
        // Prisma sends a file as it is.
        up: textAsSent(up),
        upLine: 1,
        ...(down === undefined ? {} : { down: textAsSent(down), downFile: down.file }),
        optsOutOfTransaction: hasNoTransactionMark(up.text),
      };
    });
  return { migrations, problems };
};

function refuse(file: MigrationFile, what: string, cure: string): Failure {
  return failure('migration-format', `${file.file} ${what}`, { object: file.file, place: { file: file.file }, cure });
}
