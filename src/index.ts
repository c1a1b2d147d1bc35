/** The public API. Everything that isn't exported here may change in any release. */
export { defineConfig } from './config/define-config.ts';
export type { Settings, SettingsInput } from './config/schema.ts';
