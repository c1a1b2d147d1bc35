import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { listElements, parseStoredSetting } from './setting-value.ts';

/**
 * Whether a stored setting preloads a library that this server lacks. It would be taken without complaint, and then every connection that
 * it applies to would fail.
 */
export async function preloadLoss(session: Session, setting: string, object: FidelityLoss['object']): Promise<FidelityLoss | undefined> {
  const { name, value } = parseStoredSetting(setting);
  if (!/^(session|local)_preload_libraries$/i.test(name)) return undefined;
  for (const library of listElements(value)) {
    try {
      await session.execute(`load ${quoteLiteral(library)}`);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return {
        object,
        message: `${name} names the library ${library}, which the copy’s server lacks: the setting was left out`,
        cure: `Use a Postgres that has ${library}, or accept the loss in clone.acceptLosses.`,
        sqlstate: error.fields.sqlstate,
      };
    }
  }
  return undefined;
}
