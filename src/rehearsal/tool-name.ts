import type { Settings } from '../config/schema.ts';

/** How the migration tool is called in the record: by its own name where it is known, else by the command that runs it. */
export function toolName(migrate: Settings['migrate']): string {
  if (migrate.adapter !== undefined) return migrate.tool === 'command' ? `${migrate.adapter} (${migrate.command.join(' ')})` : migrate.adapter;
  return migrate.tool === 'command' ? migrate.command.join(' ') : `SQL files (${migrate.layout})`;
}
