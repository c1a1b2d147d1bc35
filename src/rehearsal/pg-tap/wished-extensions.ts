import type { Settings } from '../../config/schema.ts';

/** Extensions that production doesn’t need to have, and the clone’s server should. */
export function wishedExtensions({ data }: Settings): readonly string[] {
  return data.pgTap === undefined ? [] : ['pgtap'];
}
