import { createHash } from 'node:crypto';
import type { MigrationFile } from '../migration-file.ts';

const byteOrderMark = '\uFEFF';

/** The text as a tool sends it that doesn’t look at it: with the byte order mark, if the file has one. Postgres doesn’t take that for a blank. */
export function textAsSent({ text, sha256 }: Pick<MigrationFile, 'text' | 'sha256'>): string {
  return createHash('sha256').update(text).digest('hex') === sha256 ? text : byteOrderMark + text;
}
