import type { SchemaDifference } from '../../core/schema-difference.ts';

/** Objects, or properties of any or one kind, that `pg_dump -s` never shows: a difference in them is the catalogs' to tell alone. */
const neverShown: readonly { readonly kind?: string; readonly property?: RegExp; readonly why: string }[] = [
  { kind: 'database', why: 'only pg_dump -C shows what belongs to the database itself' },
  { kind: 'large object', why: 'a dump of the schema has no large objects' },
  { property: /^valid$/, why: 'it leaves invalid indexes out' },
  { property: /^enforcing triggers$/, why: 'it takes for granted that foreign keys are enforced' },
  { property: /^(validated|enforced) apart from its parent$/, why: 'it shows an inherited constraint with its parent’s' },
  { property: /^being detached$/, why: 'it shows such a partition as attached' },
  { property: /^populated$/, why: 'it never restores rows with the schema' },
  { property: /^(.* )?version$/, why: 'a restore takes the version that it finds' },
  { kind: 'constraint', property: /^statistics of column /, why: 'it takes them along for indexes alone' },
  { kind: 'extension', property: /^(configuration|relocatable|installed by)\b/, why: 'an extension brings it along' },
  { kind: 'role', why: 'roles belong to the server' },
  { kind: 'subscription', why: 'it shows subscriptions to superusers only' },
];

/** Why pg_dump doesn't show this difference; undefined where it should. */
export function whyNotInDump({ object, property, left, right }: SchemaDifference): string | undefined {
  // An invalid index, the whole of which is missing in the text.
  if (property === undefined && object.kind === 'index' && /^valid: no$/m.test(`${left ?? ''}\n${right ?? ''}`)) return 'it leaves invalid indexes out';
  if (/^information_schema\b/.test(object.name)) return 'it leaves information_schema out';
  return neverShown.find((one) => (one.kind === undefined || one.kind === object.kind) && (one.property === undefined || one.property.test(property ?? '')))
    ?.why;
}
