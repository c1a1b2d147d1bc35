import type { LayoutReader } from '../migration-file.ts';
import { compareVersions, readVersion } from '../version.ts';

/**
 * The files of a tool that runs them itself: a name, a hash and an order for the record, their content not looked at.
 * A folder with several files counts once, by its `migration.sql` or first file. Numbered names come in number order, others by name.
 */
export const readOpaque: LayoutReader = (files) => {
  const byRevision = new Map<string, (typeof files)[number]>();
  for (const file of files) {
    if (/(^|\/)(__init__|env)\.py$|\.down\.sql$|(_test|\.test|\.spec)\.\w+$/.test(file.path)) continue;
    const revision = file.path.includes('/') ? file.path.slice(0, file.path.indexOf('/')) : file.path.replace(/(\.up)?\.\w+$/, '');
    if (!byRevision.has(revision) || file.path.endsWith('/migration.sql')) byRevision.set(revision, file);
  }
  const migrations = [...byRevision].map(([revision, file]) => ({
    revision,
    file: file.file,
    sha256: file.sha256,
    up: file.text,
    upLine: 1,
    optsOutOfTransaction: false,
  }));
  return { migrations: migrations.sort((left, right) => compareNames(left.revision, right.revision)), problems: [] };
};

function compareNames(left: string, right: string): number {
  const a = readVersion(left);
  const b = readVersion(right);
  const byNumber = a !== undefined && b !== undefined ? compareVersions(a, b) : 0;
  if (byNumber !== 0) return byNumber;
  return left < right ? -1 : left > right ? 1 : 0;
}
