import { relative } from 'node:path/posix';
import type { MigrateSettings } from '../migrate-settings.ts';

/** The folder of the migrations as the tool has to be told of it, which may be started in a folder of its own. */
export function folderFromStart(settings: MigrateSettings): string {
  const from = settings.tool === 'command' ? (settings.workingFolder ?? '.') : '.';
  return relative(from, settings.folder ?? '.') || '.';
}
