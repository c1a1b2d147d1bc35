import { createHash } from 'node:crypto';
import type { Migration, WayDownHash } from '../core/migration.ts';

/** What a run writes down of a migration, and what a look at the files later is held against: its name, its file, and the hashes of both its ways. */
export function migrationHashes({ revision, file, sha256, down }: Migration): Pick<Migration, 'revision' | 'file' | 'sha256'> & WayDownHash {
  return { revision, file, sha256, ...(down === undefined ? {} : { downSha256: createHash('sha256').update(down).digest('hex') }) };
}
