import { parseQualifiedName, quoteIdentifier } from '../../../sql/quote.ts';
import { defaultName } from '../../text/read/default-name.ts';
import { StatementReader } from '../../text/statement-reader.ts';
import { optionAction, parameterAction } from './advise-options.ts';
import { type Advised, advised, type Change, type Step, unknown, withNote } from './change.ts';
import { splitLast } from './split-name.ts';
import { stageOf } from './stages.ts';

/** A column of a table, foreign table or view. */
export function adviseColumn(change: Change): Advised | undefined {
  const { name, property, want, have, wantObject, major } = change;
  const { before, last } = splitLast(name);
  const action = (text: string, stage: Step['stage'] = 'settings of columns'): Advised =>
    advised({ stage, sql: `ALTER TABLE ${before} ALTER COLUMN ${last} ${text}` });
  if (change.how === 'missing') return missing(change, before, last);
  switch (property) {
    case 'type':
    case 'collate': {
      const type = wantObject?.properties.get('type') ?? want;
      const collate = wantObject?.properties.get('collate');
      const foreign = change.has.get('foreign table', before) !== undefined;
      const sql = `TYPE ${type}${collate === undefined ? '' : ` COLLATE ${collate}`}${property === 'type' && !foreign ? ` USING ${last}::${type}` : ''}`;
      const advice = action(sql, 'columns');
      return property === 'type'
        ? withNote(
            advice,
            'The table is rewritten unless both types store values the same way; a value that doesn’t fit the new type stops it, or is cut off by the cast.',
          )
        : advice;
    }
    case 'not null':
      return action(want === 'yes' ? 'SET NOT NULL' : 'DROP NOT NULL');
    case 'not null inherited':
      return want === undefined
        ? action('SET NOT NULL')
        : unknown('What a table says itself, and inherits too, can only be taken from the parent and all its children.');
    case 'not null constraint name': {
      // Of an inherited column, which the texts list only where it says NOT NULL itself.
      if ([change.haveObject, wantObject].some((one) => one?.properties.get('not null') !== 'yes')) {
        return unknown('An inherited constraint has its parent’s name, which it gets and keeps with that.');
      }
      const usual = defaultNameOf(before, last);
      const [from, to] = [have ?? usual, want ?? usual];
      return from === undefined || to === undefined
        ? undefined
        : advised({ stage: 'settings of columns', sql: `ALTER TABLE ${before} RENAME CONSTRAINT ${from} TO ${to}` });
    }
    case 'default':
      return action(want === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${want}`);
    case 'identity':
      return adviseIdentity(change, action);
    case 'generated':
      return adviseGenerated(change, before, last, action);
    case 'storage':
      if (want === undefined && major < 16) return action(`SET STORAGE ${usualStorage(wantObject?.properties.get('type') ?? '')}`);
      return action(`SET STORAGE ${want ?? 'DEFAULT'}`);
    case 'statistics':
      return action(`SET STATISTICS ${want ?? '-1'}`);
    case 'compression':
      return withNote(action(`SET COMPRESSION ${want ?? 'default'}`), 'Values that are stored already stay as they are.');
    default:
      if (property?.startsWith('parameter ')) return action(parameterAction(change));
      if (property?.startsWith('option '))
        return advised({ stage: 'settings of columns', sql: `ALTER FOREIGN TABLE ${before} ALTER COLUMN ${last} ${optionAction(change)}` });
      return undefined;
  }
}

function missing(change: Change, table: string, column: string): Advised | undefined {
  const { wantObject } = change;
  if (wantObject === undefined) return undefined;
  const { properties, statements } = wantObject;
  const type = properties.get('type');
  const rest = statements.filter((sql) => !/^CREATE (UNLOGGED |FOREIGN )?TABLE /.test(sql)).map((sql): Step => ({ stage: stageOf(sql), sql }));
  // A column of a view has nothing but a default of its own.
  if (type === undefined) return advised(...rest);
  const clause = (property: string, words: string) => (properties.has(property) ? ` ${words} ${properties.get(property)}` : '');
  const generated = properties.get('generated');
  const identity = properties.get('identity');
  const sql = [
    `ALTER TABLE ${table} ADD COLUMN ${column} ${type}`,
    clause('collate', 'COLLATE'),
    clause('default', 'DEFAULT'),
    generated === undefined ? '' : ` GENERATED ${generated}`,
    identity === undefined ? '' : ` GENERATED ${identityClause(identity)}`,
    properties.get('not null') === 'yes'
      ? `${properties.has('not null constraint name') ? ` CONSTRAINT ${properties.get('not null constraint name')}` : ''} NOT NULL`
      : '',
  ].join('');
  const own = rest.filter((step) => !/ ADD GENERATED | ALTER COLUMN \S+ SET DEFAULT | SET NOT NULL$/.test(step.sql));
  const advice = advised({ stage: 'columns', sql }, ...own);
  const empty = properties.get('not null') === 'yes' && generated === undefined && identity === undefined && !properties.has('default');
  return empty ? withNote(advice, 'Fails where the table has rows: add it without NOT NULL, fill it, then set NOT NULL.') : advice;
}

type Action = (text: string, stage?: Step['stage']) => Advised;

/** `BY DEFAULT START WITH 1 INCREMENT BY 1 …`: when, and the parameters of the sequence. */
function readIdentity(value: string): { readonly when: string; readonly parameters: string } {
  const found = /^(ALWAYS|BY DEFAULT)\s*(.*)$/s.exec(value);
  return { when: found?.[1] ?? 'BY DEFAULT', parameters: found?.[2] ?? '' };
}

function identityClause(value: string): string {
  const { when, parameters } = readIdentity(value);
  return `${when} AS IDENTITY${parameters === '' ? '' : ` (${parameters})`}`;
}

function adviseIdentity({ have, want }: Change, action: Action): Advised {
  if (want === undefined) return action('DROP IDENTITY');
  if (have === undefined)
    return withNote(
      action(`ADD GENERATED ${identityClause(want)}`),
      'The column needs NOT NULL and no default; set the sequence behind the largest value with setval.',
    );
  const [from, to] = [readIdentity(have), readIdentity(want)];
  const options = to.parameters.match(/\b(START WITH|INCREMENT BY|MINVALUE|MAXVALUE|CACHE) -?\d+|\bNO (MINVALUE|MAXVALUE|CYCLE)|\bCYCLE/g) ?? [];
  const cycle = /\bCYCLE\b/.test(from.parameters) && !/\bCYCLE\b/.test(to.parameters) ? ['NO CYCLE'] : [];
  const set = [
    ...(from.when === to.when ? [] : [`SET GENERATED ${to.when}`]),
    ...(from.parameters === to.parameters ? [] : [...options, ...cycle].map((one) => `SET ${one}`)),
  ];
  return action(set.join(' '));
}

/** Values of a generated column can be worked out again, so nothing is lost; but it can't always stay in its place. */
function adviseGenerated(change: Change, table: string, column: string, action: Action): Advised | undefined {
  const { have, want, major, wantObject } = change;
  const stored = (text: string | undefined) => text !== undefined && /\bSTORED$/.test(text);
  const expression = want === undefined ? undefined : new StatementReader(want.replace(/^ALWAYS AS\s*/, '')).group();
  if (want === undefined && stored(have)) return withNote(action('DROP EXPRESSION'), 'The values stay as they are now.');
  if (have !== undefined && expression !== undefined && stored(have) === stored(want) && major >= 17) return action(`SET EXPRESSION AS (${expression})`);
  const made = missing({ ...change, how: 'missing' }, table, column);
  if (wantObject === undefined || made === undefined) return undefined;
  const drop: Step = {
    stage: 'drop keys',
    sql: `ALTER TABLE ${table} DROP COLUMN ${column}`,
    ...(have === undefined && { loses: `the values of column ${table}.${column}` }),
  };
  return withNote(
    { steps: [drop, ...made.steps], notes: made.notes },
    'The column is made again, behind all others; what depends on it has to be dropped before and made again.',
  );
}

function defaultNameOf(table: string, column: string): string | undefined {
  const names = [parseQualifiedName(table)?.name, parseQualifiedName(column)?.name];
  return names[0] === undefined || names[1] === undefined ? undefined : quoteIdentifier(defaultName(names[0], names[1], 'not_null'));
}

/** What SET STORAGE DEFAULT would choose, which PostgreSQL 15 doesn't know yet. */
function usualStorage(type: string): string {
  if (/^(numeric|inet|cidr)\b/.test(type)) return 'MAIN';
  return /^(smallint|integer|bigint|boolean|real|double precision|date|time|timestamp|uuid|interval|oid|money|"char"|name)\b/.test(type) && !/\]$/.test(type)
    ? 'PLAIN'
    : 'EXTENDED';
}
