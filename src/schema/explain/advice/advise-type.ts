import type { SchemaObject } from '../../compare/schema-object.ts';
import { splitList } from '../../text/statement-reader.ts';
import { type Advised, advised, type Change, type Step, unknown, withNote } from './change.ts';
import { remakeObject } from './remake-object.ts';
import { splitLast } from './split-name.ts';

/** A type or domain. */
export function adviseType(change: Change): Advised | undefined {
  const { kind, name, property = '', have, want } = change;
  const action = (text: string): Step => ({ stage: 'types', sql: `ALTER ${kind.toUpperCase()} ${name} ${text}` });
  if (kind === 'domain') {
    if (property === 'not null') return withNote(advised(action(want === 'yes' ? 'SET NOT NULL' : 'DROP NOT NULL')), 'Every column of the domain is checked.');
    if (property === 'default') return advised(action(want === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${want}`));
    const constraint = /^constraint (.*)$/s.exec(property)?.[1];
    if (constraint !== undefined) {
      return advised(
        ...(have === undefined ? [] : [action(`DROP CONSTRAINT ${constraint}`)]),
        ...(want === undefined ? [] : [action(`ADD CONSTRAINT ${constraint} ${want}`)]),
      );
    }
    return remakeObject(change);
  }
  if (formOf(change.haveObject) !== formOf(change.wantObject)) return remakeObject(change);
  if (property === 'labels') return adviseLabels(change);
  const attribute = /^attribute (?!order$)(.*)$/s.exec(property)?.[1];
  if (attribute !== undefined) {
    const sql =
      want === undefined
        ? `DROP ATTRIBUTE ${attribute}`
        : have === undefined
          ? `ADD ATTRIBUTE ${attribute} ${want}`
          : `ALTER ATTRIBUTE ${attribute} TYPE ${want}`;
    return withNote(
      advised({ ...action(sql), ...(want === undefined && { loses: `attribute ${attribute} of every value of type ${name}` }) }),
      'Not possible while a table has a column of this type.',
    );
  }
  if (property === 'definition' && /\b(INPUT|canonical) = /i.test(`${have}${want}`)) {
    return unknown('Its functions and the type need each other: drop it with CASCADE, and make the functions and the type again.');
  }
  return remakeObject(change);
}

/** An enum has labels and a composite type attributes: neither can become the other. */
function formOf(type: SchemaObject | undefined): string {
  return ['labels', 'attribute order'].find((property) => type?.properties.has(property)) ?? 'definition';
}

/** Labels can only be added; for anything else the type is replaced by a new one, column by column. */
function adviseLabels(change: Change): Advised | undefined {
  const { name, have, want, has, wants, wantObject } = change;
  const [from, to] = [splitList(have ?? ''), splitList(want ?? '')];
  const kept = to.filter((label) => from.includes(label));
  if (from.every((label, at) => kept[at] === label)) {
    const steps = to.flatMap((label, at): Step[] => {
      if (from.includes(label)) return [];
      const [before, after] = [to[at - 1], to.slice(at + 1).find((one) => from.includes(one))];
      const place = before !== undefined ? ` AFTER ${before}` : after !== undefined ? ` BEFORE ${after}` : '';
      return [{ stage: 'labels', sql: `ALTER TYPE ${name} ADD VALUE ${label}${place}` }];
    });
    return { steps, notes: [] };
  }
  const made = wantObject?.statements.find((sql) => sql.startsWith('CREATE TYPE '));
  if (made === undefined) return undefined;
  const { before, last } = splitLast(name);
  const old = `${last.startsWith('"') ? `${last.slice(0, -1)}_old"` : `${last}_old`}`;
  const columns = has.all().filter((object) => object.kind === 'column' && object.properties.get('type') === name);
  const later = wantObject?.statements.filter((sql) => !sql.startsWith('CREATE TYPE ')) ?? [];
  const steps: Step[] = [
    { stage: 'types', sql: `ALTER TYPE ${name} RENAME TO ${old}` },
    { stage: 'types', sql: made },
  ];
  for (const column of columns) {
    const place = splitLast(column.name);
    const set = (text: string): Step => ({ stage: 'types', sql: `ALTER TABLE ${place.before} ALTER COLUMN ${place.last} ${text}` });
    const value = wants.get('column', column.name)?.properties.get('default');
    if (column.properties.has('default')) steps.push(set('DROP DEFAULT'));
    steps.push(set(`TYPE ${name} USING ${place.last}::text::${name}`));
    if (value !== undefined) steps.push(set(`SET DEFAULT ${value}`));
  }
  steps.push({ stage: 'types', sql: `DROP TYPE ${before === '' ? '' : `${before}.`}${old}` });
  for (const sql of later)
    steps.push({ stage: sql.startsWith('COMMENT') ? 'comments' : sql.startsWith('GRANT') || sql.startsWith('REVOKE') ? 'privileges' : 'owners', sql });
  return withNote(
    { steps, notes: [] },
    'Labels can’t be taken away or moved, so the type is made again. Rows with a label that it no longer has stop it; views, functions and indexes of the type must be dropped before.',
  );
}
