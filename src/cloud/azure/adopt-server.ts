import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { adoptNewest } from '../adopt-newest.ts';
import { orphansOf } from '../orphans.ts';
import type { Attempt } from './attempt.ts';
import { settingsOf, skuOf } from './restore-server.ts';
import { azureServer } from './server.ts';
import { sourceOf } from './source-of.ts';

const hourMs = 3_600_000;

/** A server that a killed attempt restored in the same way, of the very moment or of one that is young enough, is as good as a new one. Undefined: there is none. */
export async function adoptServer(context: Context, { account, wish, production, made }: Attempt): Promise<Result<Resource | undefined>> {
  if (wish.fresh) return ok(undefined);
  const skus = (wish.skus.length > 0 ? wish.skus : [undefined]).map((sku) => skuOf(sku, production));
  const orphans = await orphansOf(context, sourceOf(wish));
  return await adoptNewest(context, made, {
    lines: orphans.filter(
      ({ facts: { moment, sku, settings } }) =>
        skus.includes(String(sku)) && settings === settingsOf(wish, production) && isYoung(context, String(moment), wish),
    ),
    open: (identifier) => azureServer(account, identifier),
    tell: ({ label, facts }) => `${label}, which an earlier attempt restored as of ${String(facts.moment)}`,
  });
}

function isYoung(context: Context, moment: string, { pointInTime, freshnessHours }: Attempt['wish']): boolean {
  const at = Date.parse(moment);
  return pointInTime === undefined ? context.now().getTime() - at <= freshnessHours * hourMs : at === Date.parse(pointInTime);
}
