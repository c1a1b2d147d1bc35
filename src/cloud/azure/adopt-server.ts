import { cloudFailure } from '../../core/cloud-failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { isOurs } from '../is-ours.ts';
import { orphansOf } from '../orphans.ts';
import { meaningOf } from '../state-table.ts';
import type { Attempt } from './attempt.ts';
import { settingsOf, skuOf } from './restore-server.ts';
import { azureServer } from './server.ts';
import { sourceOf } from './source-of.ts';

const hourMs = 3_600_000;

/** A server that a killed attempt restored in the same way, of the very moment or of one that is young enough, is as good as a new one. Undefined: there is none. */
export async function adoptServer(context: Context, { account, wish, production, made }: Attempt): Promise<Result<Resource | undefined>> {
  if (wish.fresh) return ok(undefined);
  const skus = (wish.skus.length > 0 ? wish.skus : [undefined]).map((sku) => skuOf(sku, production));
  for (const orphan of (await orphansOf(context, sourceOf(wish))).toReversed()) {
    const { moment, sku, settings, run } = orphan.facts;
    if (typeof run !== 'string' || !skus.includes(String(sku)) || settings !== settingsOf(wish, production) || !isYoung(context, String(moment), wish))
      continue;
    const thing = azureServer(account, orphan.label);
    try {
      const seen = await thing.look(context.signal);
      if (seen === undefined || !isOurs(seen.tags, { run })) continue;
      const { is } = meaningOf(thing.states, seen.status);
      if (is !== 'waiting' && is !== 'ready') continue;
    } catch (error) {
      return fail(cloudFailure(error, `looking at ${orphan.label}, which an earlier attempt left`));
    }
    const line = await context.ledger.takeOver(orphan.id);
    if (line === undefined) continue;
    made.push(line);
    context.emit({ type: 'step', phase: 'provision', text: `Going on with ${line.label}, which an earlier attempt restored as of ${String(moment)}` });
    return ok(line);
  }
  return ok(undefined);
}

function isYoung(context: Context, moment: string, { pointInTime, freshnessHours }: Attempt['wish']): boolean {
  const at = Date.parse(moment);
  return pointInTime === undefined ? context.now().getTime() - at <= freshnessHours * hourMs : at === Date.parse(pointInTime);
}
