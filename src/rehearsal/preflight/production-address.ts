import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';

/** Where production itself is: as `preflight.source` names it, else `source`, which must not be a dump then. */
export function productionAddress(context: Context, { source, preflight }: Pick<Settings, 'source' | 'preflight'>): Result<Address> {
  const named = preflight.source ?? ('dump' in source ? undefined : source);
  if (named === undefined) {
    return fail(
      failure('config-invalid', 'source is a dump, so nothing says where production itself is.', {
        cure: 'Set preflight.source to production’s postgres:// URL.',
      }),
    );
  }
  const url = named.urlVariable === undefined ? named.url : context.edge.system.environment(named.urlVariable);
  if (url === undefined) {
    return fail(
      failure('config-invalid', `The environment variable ${named.urlVariable} is not set.`, { cure: 'Set the variable to production’s postgres:// URL.' }),
    );
  }
  return context.edge.postgres.parseAddress(url);
}
