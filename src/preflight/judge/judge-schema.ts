import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known, type Production, type ProductionSchema } from '../../core/production.ts';
import { type Change, type Exclusions, judgeChanges } from '../changes.ts';
import { unknown } from '../finding.ts';

/**
 * Is production's schema what it was, object by object? Pure.
 *
 * @param changes what differs; unknown where the objects themselves could not be compared
 */
export function judgeSchema(then: Production['schema'], now: Production['schema'], changes: Known<readonly Change[]>, exclude: Exclusions): PreflightFinding {
  const check = 'schema';
  if (!isKnown(then)) return unknown(check, `What the schema was isn’t known: ${then.unknown}.`);
  if (!isKnown(now)) return unknown(check, `The schema could not be read: ${now.unknown}.`);
  if (!isKnown(changes)) return unknown(check, `The schemas could not be compared: ${changes.unknown}.`);
  const objects = Object.values(now.value.kinds).reduce((sum, kind) => sum + kind.objects, 0);
  const same = `${countOf(objects, 'object')} of the schema are what they were.`;
  const found = judgeChanges(check, changes.value, exclude, same);
  if (found.outcome !== 'go') return found;
  const unread = [...new Set([...then.value.unread, ...now.value.unread])].sort();
  if (unread.length > 0) {
    const reasons = [...found.reasons, ...unread.map((one) => `Not compared: ${one}.`)];
    return unknown(check, 'What this role may not see of the schema could not be compared.', {
      reasons,
      cure: 'Look and rehearse as a role that may read it, such as a superuser.',
    });
  }
  // Two ways to the same answer: where they disagree, nobody knows which is right.
  const strange = differingKinds(then.value, now.value);
  if (changes.value.length === 0 && strange.length > 0) {
    return unknown(check, `The fingerprint of the schema is another (${strange.join(', ')}), although no object seems to differ.`, {
      cure: 'Rehearse again, and report this.',
    });
  }
  return found;
}

/** Told by checks of their own. */
const toldElsewhere: ReadonlySet<string> = new Set(['database', 'extension', 'role']);

function differingKinds(then: ProductionSchema, now: ProductionSchema): readonly string[] {
  const kinds = [...new Set([...Object.keys(then.kinds), ...Object.keys(now.kinds)])].sort();
  return kinds.filter((kind) => !toldElsewhere.has(kind) && then.kinds[kind]?.sha256 !== now.kinds[kind]?.sha256);
}
