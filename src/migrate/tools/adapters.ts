import type { MigrationToolName } from '../../core/migration-tool.ts';
import type { MigrateSettings } from '../read-migrations.ts';
import type { ToolAdapter } from './tool-adapter.ts';

/** One line a tool, in the order of the alphabet. */
const adapters: Readonly<Partial<Record<MigrationToolName, ToolAdapter>>> = {};

/** What is known of the tool that a project uses; undefined for plain files and for commands that nobody knows. */
export function adapterOf({ adapter }: Pick<MigrateSettings, 'adapter'>): ToolAdapter | undefined {
  return adapter === undefined ? undefined : adapters[adapter];
}
