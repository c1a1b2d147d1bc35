import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { showAddress } from '../../core/server.ts';

/** How the source is called before it is opened. Never holds a password. */
export function sourceLabel(context: Context, source: Settings['source']): string {
  if ('dump' in source) return source.dump;
  const url = source.urlVariable === undefined ? source.url : context.edge.system.environment(source.urlVariable);
  const address = url === undefined ? undefined : context.edge.postgres.parseAddress(url);
  return address?.ok ? showAddress(address.value) : 'a source that is not set';
}
