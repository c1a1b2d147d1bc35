import type { Waiver } from '../../config/load-waivers.ts';
import type { Waived, WaiverUse } from '../../core/explained-comparison.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';

export interface WaiversApplied {
  readonly waived: ReadonlyMap<SchemaDifference, Waived>;
  /** Every waiver of this comparison, in the order of the file. */
  readonly uses: readonly WaiverUse[];
}

/**
 * Finds the differences that waivers name. A waiver never covers more than it says: names are compared as they stand but for `*`, properties always; without a
 * `*` it must mean one difference, and after its last day it covers none.
 *
 * @param today as `2026-12-31`, UTC
 * @param comparison waivers for another comparison are left aside
 */
export function applyWaivers(
  differences: readonly SchemaDifference[],
  waivers: readonly Waiver[],
  today: string,
  comparison: Waiver['comparison'] = 'schema-gate',
): WaiversApplied {
  const waived = new Map<SchemaDifference, Waived>();
  const uses: WaiverUse[] = [];
  for (const waiver of waivers.filter((one) => one.comparison === comparison)) {
    const { object, property, kind, reason, expires, place } = waiver;
    const pattern = nameForm(object);
    const matched = differences.filter(
      (difference) =>
        pattern.form.test(difference.object.name) &&
        property === waivedProperty(difference) &&
        (kind === undefined || kind === difference.object.kind) &&
        (waiver.class === undefined ? difference.class !== 'unexplained' : waiver.class === difference.class),
    );
    const state = expires < today ? 'expired' : matched.length === 0 ? 'unmatched' : matched.length > 1 && !pattern.wild ? 'ambiguous' : 'used';
    if (state === 'used') for (const difference of matched) if (!waived.has(difference)) waived.set(difference, { reason, expires });
    uses.push({
      object,
      property,
      ...(kind !== undefined && { kind }),
      ...(waiver.class !== undefined && { class: waiver.class }),
      reason,
      expires,
      place,
      matched: matched.length,
      state,
    });
  }
  return { waived, uses };
}

/** What a waiver calls the property in which two sides differ: `existence` where one side lacks the object. */
export function waivedProperty({ property, how }: SchemaDifference): string {
  return property ?? (how === 'changed' ? 'statements' : 'existence');
}

/** `*` is any characters, `\*` a star; everything else is itself. */
function nameForm(object: string): { readonly form: RegExp; readonly wild: boolean } {
  const parts = object.split(/(\\\*|\*)/);
  const source = parts.map((part) => (part === '*' ? '.*' : part === '\\*' ? '\\*' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))).join('');
  return { form: new RegExp(`^${source}$`, 's'), wild: parts.includes('*') };
}

/** Why a waiver is an error, in a sentence; undefined while it is used. */
export function tellWaiver({ object, property, expires, matched, state, kind }: WaiverUse): string | undefined {
  const name = `The waiver of ${kind === undefined ? '' : `${kind} `}${object}: ${property}`;
  if (state === 'expired') return `${name} expired on ${expires}${matched === 0 ? ', and nothing differs there' : ''}.`;
  if (state === 'unmatched') return `${name} matches no difference.`;
  if (state === 'ambiguous') return `${name} means ${matched} differences: name the kind.`;
  return undefined;
}
