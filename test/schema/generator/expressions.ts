import type { Dice } from './dice.ts';
import type { DraftColumn } from './draft.ts';

/** A condition on some column, of the forms that Postgres writes otherwise after a restore among them. */
export function condition(dice: Dice, columns: readonly DraftColumn[], prefix = ''): string {
  const column = dice.pick(columns);
  const name = prefix + column.name;
  const simple = byFamily(dice, name, column.family);
  if (!dice.once(4)) return simple;
  const other = dice.pick(columns);
  return `${simple} ${dice.pick(['and', 'or'])} (${byFamily(dice, prefix + other.name, other.family)} ${dice.pick(['or', 'and'])} ${name} is not null)`;
}

function byFamily(dice: Dice, name: string, family: DraftColumn['family']): string {
  if (family === 'number')
    return dice.pick([`${name} > 0`, `${name} between 1 and 5`, `${name} in (1, 2, 3)`, `not (${name} = 7)`, `coalesce(${name}, 0) <> 1`]);
  if (family === 'text') {
    return dice.pick([
      `${name} <> 'x'`,
      `${name} in ('x', 'y')`,
      `${name} like 'a%'`,
      `length(${name}) < 9`,
      `lower(${name}) = any (array['a', 'b'])`,
      `${name} ~ '^[a-z]+$'`,
    ]);
  }
  if (family === 'time') return dice.pick([`${name} is distinct from null`, `${name} = ${name}`]);
  if (family === 'flag') return dice.pick([name, `not ${name}`, `${name} is true`]);
  return `${name} is not null`;
}

/** An expression without a name of its own, of some column. */
export function expression(dice: Dice, columns: readonly DraftColumn[], prefix = ''): string {
  const column = dice.pick(columns);
  const name = prefix + column.name;
  if (column.family === 'number') return dice.pick([name, `${name} + 1`, `case when ${name} > 1 then 'x' else 'y' end`, `(${name} * 2)::numeric(10, 2)`]);
  if (column.family === 'text') return dice.pick([name, `lower(${name})`, `${name} || 'x'`, `coalesce(${name}, 'none')`, `substring(${name} from 1 for 3)`]);
  return name;
}
