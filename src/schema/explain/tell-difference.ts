import type { SchemaDifference } from '../../core/schema-difference.ts';

/** Values longer than this are not part of a sentence. */
const shortLength = 80;

/**
 * One sentence that names the object and what is wrong with it.
 *
 * @param left how a person calls the left side (what is), right the other (what should be)
 * @example "Column public.invoice.total: type is integer in the clone, bigint in the baseline."
 */
export function tellDifference(difference: SchemaDifference, left: string, right: string): string {
  const name = `${capital(difference.object.kind)} ${difference.object.name}`;
  if (difference.how === 'only-right') return `${name} is missing in ${left}.`;
  if (difference.how === 'only-left') return `${name} exists in ${left} but not in ${right}.`;
  const property = difference.property ?? 'definition';
  if (property === 'name') return `${name} is called ${difference.left} in ${left}.`;
  if (property.startsWith('statement ')) {
    return `${name}: ${property.slice('statement '.length)}; is only in ${difference.left === undefined ? right : left}.`;
  }
  const [a, b] = [shown(property, difference.left), shown(property, difference.right)];
  if (a === undefined || b === undefined) return `${name}: ${property} differs between ${left} and ${right}.`;
  return `${name}: ${property} is ${a} in ${left}, ${b} in ${right}.`;
}

/** What an absent property means, where that is more than "none". */
const absent: Readonly<Record<string, string>> = {
  'row security': 'not enabled',
  'row security forced': 'no',
  valid: 'yes',
  privileges: 'the default',
  'enforcing triggers': 'enabled',
  'not null constraint name': 'the default',
  storage: 'the default',
  statistics: 'the default',
  'replica identity': 'the default',
};

function shown(property: string, value: string | undefined): string | undefined {
  if (value === undefined) return absent[property] ?? 'none';
  return value.includes('\n') || value.length > shortLength ? undefined : value;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
