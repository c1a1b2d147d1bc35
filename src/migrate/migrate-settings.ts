import type { Settings } from '../config/schema.ts';

/** How the team migrates, as the configuration says it: files whose statements we run, or a command. */
export type MigrateSettings = Settings['migrate'];
export type SqlFilesSettings = Extract<MigrateSettings, { tool: 'sql-files' }>;
export type CommandSettings = Extract<MigrateSettings, { tool: 'command' }>;
