import { set } from '../../compare/schema-object.ts';
import type { StatementHandler } from './entry-reading.ts';

const clauses: readonly (readonly [RegExp, string])[] = [
  [/^AS (.*)$/, 'type'],
  [/^START WITH (.*)$/, 'start'],
  [/^INCREMENT BY (.*)$/, 'increment'],
  [/^(NO MINVALUE)$/, 'minimum'],
  [/^MINVALUE (.*)$/, 'minimum'],
  [/^(NO MAXVALUE)$/, 'maximum'],
  [/^MAXVALUE (.*)$/, 'maximum'],
  [/^CACHE (.*)$/, 'cache'],
  [/^CYCLE()$/, 'cycle'],
];

/** CREATE [UNLOGGED] SEQUENCE name …, one property a line. */
export const readCreateSequence: StatementHandler = (reader, reading) => {
  const persistence = reader.accept('UNLOGGED') ? 'unlogged' : 'logged';
  if (!reader.accept('SEQUENCE')) return undefined;
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const sequence = reading.objects.object('sequence', name, name);
  reading.objects.alias('relation', name, sequence);
  set(sequence, 'persistence', persistence);
  for (const line of reader.rest().split('\n')) {
    const known = clauses.map(([form, property]) => [form.exec(line.trim()), property] as const).find(([found]) => found !== null);
    if (known !== undefined) set(sequence, known[1], known[0]?.[1] || 'yes');
    else if (line.trim() !== '') set(sequence, `clause ${line.trim()}`, 'present');
  }
  return [sequence];
};

/** ALTER SEQUENCE name OWNED BY table.column | OWNER TO role. */
export const readAlterSequence: StatementHandler = (reader, reading) => {
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const sequence = reading.objects.target('relation', name);
  if (reader.accept('OWNED', 'BY')) {
    const column = reader.nameParts() ?? [];
    set(sequence, 'owned by', column.join('.'));
    // Goes with its table: where that is missing, its absence needs no word of its own.
    sequence.object.parent = column.slice(0, -1).join('.');
  } else if (reader.accept('OWNER', 'TO')) set(sequence, 'owner', reader.rest());
  else return undefined;
  return [sequence.object];
};
