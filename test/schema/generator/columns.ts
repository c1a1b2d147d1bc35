import type { Dice } from './dice.ts';
import type { Draft, DraftColumn } from './draft.ts';

type Type = Omit<DraftColumn, 'name'>;

const types: readonly Type[] = [
  { type: 'integer', family: 'number', value: '5' },
  { type: 'text', family: 'text', value: "'a  b'" },
  { type: 'bigint', family: 'number', value: '-1' },
  { type: 'character varying(40)', family: 'text', value: "'x'" },
  { type: 'numeric(12, 3)', family: 'number', value: '1.50' },
  { type: 'boolean', family: 'flag', value: 'true' },
  { type: 'timestamp with time zone', family: 'time', value: 'now()' },
  { type: 'date', family: 'time', value: "'2026-01-02'" },
  { type: 'uuid', family: 'other', value: 'gen_random_uuid()' },
  { type: 'jsonb', family: 'json', value: "'{}'" },
  { type: 'text[]', family: 'other', value: "array['a', 'b']" },
  { type: 'character(3)', family: 'text', value: "'abc'" },
  { type: 'double precision', family: 'number', value: '0.1' },
  { type: 'bytea', family: 'other', value: "'\\x00'" },
  { type: 'interval day to second(3)', family: 'other', value: "'1 day'" },
  { type: 'time without time zone', family: 'time', value: "'12:00'" },
  { type: 'int4range', family: 'range', value: "'[1,5)'" },
  { type: 'inet', family: 'other', value: "'10.0.0.1'" },
  { type: 'smallint[]', family: 'other', value: "'{1,2}'" },
  { type: 'tsvector', family: 'other' },
  { type: 'point', family: 'other', value: "'(1,2)'" },
  { type: 'bit varying(9)', family: 'other', value: "B'101'" },
  { type: 'xml', family: 'other' },
  { type: 'tstzmultirange', family: 'other' },
  { type: '"char"', family: 'other', value: "'a'" },
  { type: 'regclass', family: 'other', value: "'pg_catalog.pg_class'" },
];

/** Types that a B-tree can order. */
export function isOrdered({ type, family, virtual }: DraftColumn): boolean {
  return !virtual && family !== 'json' && !['point', 'xml'].includes(type);
}

/** A column with a type of the server or of the draft. */
export function draftColumn(draft: Draft, dice: Dice): DraftColumn {
  const type = draft.types.length > 0 && dice.once(4) ? dice.pick(draft.types) : dice.pick(types);
  const virtual = draft.major >= 18 && type.type === 'integer' && dice.once(4);
  return { ...type, name: draft.name(dice), virtual, stored: !virtual && type.type === 'integer' && dice.once(5) };
}

/** Whether identity columns of one CREATE TABLE get one name for their sequences, which it refuses: the server cuts long names, and looks only at what is there. */
function haveOneSequence(column: DraftColumn, other: DraftColumn): boolean {
  const [one, two] = [column, other].map(({ type, name }) => type === 'bigint' && name.length > 40);
  return one === true && two === true;
}

/** What stands behind the name in CREATE TABLE. */
export function columnSql(dice: Dice, column: DraftColumn, others: readonly DraftColumn[]): string {
  const words = [column.name, column.type];
  if (column.family === 'text' && dice.once(5)) words.push(`collate ${dice.pick(['"C"', '"POSIX"', '"en-x-icu"'])}`);
  if (column.type === 'bigint' && dice.once(3) && !others.some((other) => other !== column && haveOneSequence(column, other)))
    return [...words, `generated ${dice.pick(['always', 'by default'])} as identity (start ${1 + dice.below(9)} cycle)`].join(' ');
  const number = others.find((other) => other.type === 'integer')?.name;
  if (column.virtual) return [...words, `generated always as (${number} + ${dice.below(9)}) virtual`].join(' ');
  if (column.stored) return [...words, `generated always as (${number} + ${dice.below(9)}) stored`].join(' ');
  if (column.value !== undefined && dice.once(3)) words.push(`default ${column.value}`);
  if (dice.once(3)) words.push('not null');
  return words.join(' ');
}
