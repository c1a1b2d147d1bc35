import { StatementReader, splitList } from '../../text/statement-reader.ts';
import { optionAction, parameterAction } from './advise-options.ts';
import { type Advised, advised, type Change, unknown, withNote } from './change.ts';
import { splitLast } from './split-name.ts';

const remade = 'No statement is known that changes it: the table has to be made again under another name and its rows moved.';

/** A table, foreign table, partition, materialized view or sequence as a relation. */
export function adviseTable(change: Change): Advised | undefined {
  const { kind, name, property = '', have, want } = change;
  const words = kind === 'materialized view' ? 'MATERIALIZED VIEW' : kind === 'foreign table' ? 'FOREIGN TABLE' : 'TABLE';
  const action = (text: string): Advised => advised({ stage: 'settings of columns', sql: `ALTER ${words} ${name} ${text}` });
  switch (property) {
    case 'persistence':
      return withNote(action(want === 'unlogged' ? 'SET UNLOGGED' : 'SET LOGGED'), 'The table is rewritten.');
    case 'replica identity':
      return advised({ stage: 'switches', sql: `ALTER TABLE ${name} REPLICA IDENTITY ${want ?? 'DEFAULT'}` });
    case 'clustered on':
      return advised({ stage: 'switches', sql: `ALTER ${words} ${name} ${want === undefined ? 'SET WITHOUT CLUSTER' : `CLUSTER ON ${splitLast(want).last}`}` });
    case 'tablespace':
      return withNote(action(`SET TABLESPACE ${want ?? 'pg_default'}`), 'Its files are copied under an exclusive lock.');
    case 'access method':
      return withNote(action(`SET ACCESS METHOD ${want ?? 'heap'}`), 'The table is rewritten.');
    case 'type':
      return action(want === undefined ? 'NOT OF' : `OF ${want}`);
    case 'inherits':
      return adviseParents(change, action);
    case 'partition of':
      return advisePartition(change);
    case 'server':
    case 'partition by':
      return unknown(remade);
    case 'column order':
      return unknown('No statement is known that moves a column: the table has to be made again. Statements that name their columns don’t notice.');
    default:
      if (property.startsWith('parameter ')) return action(parameterAction(change));
      if (property.startsWith('option ')) return action(optionAction(change));
      if (property.startsWith('action ') || property.startsWith('element ')) {
        return have === undefined ? action(property.replace(/^\w+ /, '')) : undefined;
      }
      return undefined;
  }
}

function adviseParents({ have, want }: Change, action: (text: string) => Advised): Advised {
  const parents = (text: string | undefined) => splitList((text ?? '').replace(/^\(|\)$/g, '')).filter((one) => one !== '');
  const [from, to] = [parents(have), parents(want)];
  const same = from.filter((one) => to.includes(one));
  if (same.length === from.length && same.length === to.length)
    return unknown('The order of parents is that in which they were added: the table has to be made again.');
  const steps = [
    ...from.filter((one) => !to.includes(one)).map((one) => action(`NO INHERIT ${one}`)),
    ...to.filter((one) => !from.includes(one)).map((one) => action(`INHERIT ${one}`)),
  ].flatMap((one) => one.steps);
  return { steps, notes: [] };
}

/** `public.parent FOR VALUES …` or `public.parent DEFAULT`. */
function advisePartition({ name, have, want }: Change): Advised {
  const parentOf = (text: string) => new StatementReader(text).qualifiedName() ?? '';
  const bound = (text: string) => text.slice(parentOf(text).length).trim();
  return withNote(
    advised(
      ...(have === undefined ? [] : [{ stage: 'columns' as const, sql: `ALTER TABLE ${parentOf(have)} DETACH PARTITION ${name}` }]),
      ...(want === undefined ? [] : [{ stage: 'columns' as const, sql: `ALTER TABLE ${parentOf(want)} ATTACH PARTITION ${name} ${bound(want)}` }]),
    ),
    'Attaching reads all rows of the partition, unless a check that is there proves the bound.',
  );
}
