import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';
import { type OpenPlace, openPlace } from '../cloud/open-place.ts';
import { placeOfProduction } from '../cloud/place.ts';

/**
 * The way to production itself: as `preflight.source` names it, else `source`, which must not be a copy then. A snapshot that is restored is one: what counts
 * before a deploy is production as it is now, so its own server is asked, by a role that may only read.
 */
export async function openProduction(context: Context, settings: Pick<Settings, 'source' | 'preflight'>, folder: string): Promise<Result<OpenPlace>> {
  const place = placeOfProduction(settings);
  if (place !== undefined) return await openPlace(context, place, folder, settings.preflight.source === undefined ? 'source' : 'preflight.source');
  const { source } = settings;
  const what = 'dump' in source ? 'a dump' : 'rds' in source || 'aurora' in source || 'azure' in source ? 'restored for us' : 'a copy';
  return fail(
    failure('config-invalid', `source is ${what}, so nothing says where production itself is.`, {
      cure: 'Set preflight.source to production: its postgres:// URL or a credential, and a tunnel where it needs one.',
    }),
  );
}
