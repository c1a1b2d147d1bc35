import type { SettingsInput } from './schema.ts';

/**
 * Gives the configuration back unchanged: it is there so that an editor knows the fields.
 *
 * @example export default defineConfig({ source: { urlVariable: 'PRODUCTION_URL' }, migrate: { … }, baseline: { … } });
 */
export function defineConfig(settings: SettingsInput): SettingsInput {
  return settings;
}
