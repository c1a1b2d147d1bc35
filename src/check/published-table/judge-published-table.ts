import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import type { RecordingFacts, TableFacts } from '../recording/recording-facts.ts';
import { showStatement } from '../recording/show-statement.ts';
import { statementAbout } from '../recording/statement-about.ts';
import { showCount } from '../show-count.ts';
import { publishedTable } from './about.ts';

export const publishedTableCheck: RecordingCheck = {
  about: publishedTable,
  rootCause: 'compatibility',
  judge: (run) => [...run.before.tables.flatMap((table) => judgeTable(run, table)), ...judgeIdentities(run), ...judgeTruncates(run)],
};

/** What consumers of a published table meet. */
function judgeTable(run: RecordedRun, before: TableFacts): readonly Sighting[] {
  if (before.publications.length === 0) return [];
  const after = run.tableAfter(before.oid);
  const to = `published in ${before.publications.join(', ')}`;
  const sight = (property: string, title: string, words: readonly (readonly string[])[]): Sighting => {
    const statement = statementAbout(run, before.oid, ...words);
    return {
      weight: 'less',
      object: { kind: 'table', name: before.name },
      property,
      title,
      detail: `${before.name} is ${to}. ${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}.`,
      ...(statement === undefined ? {} : { statement }),
    };
  };
  if (after === undefined) return [sight('dropped', `Published table ${before.name} was dropped`, [['drop']])];
  const gone = before.publications.filter((name) => !after.publications.includes(name));
  return [
    ...(after.name === before.name
      ? []
      : [sight('renamed', `Published table ${before.name} is now ${after.name}: consumers look for it by its name`, [['rename']])]),
    ...(gone.length === 0 ? [] : [sight('unpublished', `${before.name} is no longer published in ${gone.join(', ')}`, [['publication']])]),
    ...columnChanges(before, after).map(({ name, what }) => sight(name, `Column ${name} of published table ${before.name} ${what}`, [[name], ['alter']])),
  ];
}

function columnChanges(before: TableFacts, after: TableFacts): readonly { readonly name: string; readonly what: string }[] {
  const changed = before.columns.flatMap(({ name, number, type, typeKey }) => {
    const now = after.columns.find((column) => column.number === number);
    if (now === undefined) return [{ name, what: 'was dropped' }];
    return [
      ...(now.name === name ? [] : [{ name, what: `is now ${now.name}` }]),
      ...(now.typeKey === typeKey ? [] : [{ name, what: `changed from ${type} to ${now.type}` }]),
    ];
  });
  const added = after.columns.filter(({ number }) => !before.columns.some((column) => column.number === number));
  return [...changed, ...added.map(({ name }) => ({ name, what: 'is new: a subscriber without it stops' }))];
}

/** Published tables on which updates and deletions fail now and didn't before: those have no replica identity any more, or are published only now. */
function judgeIdentities(run: RecordedRun): readonly Sighting[] {
  return run.after.tables.flatMap((after): readonly Sighting[] => {
    if (after.kind !== 'table' || !after.publishesChanges) return [];
    const before = run.tableBefore(after.oid);
    const [had, has] = [before?.publishesChanges === true ? identityOf(run.before, before) : undefined, identityOf(run.after, after)];
    const statement = statementAbout(run, after.oid, ['replica'], ['drop', 'constraint'], ['publication'], ['drop']);
    const told = {
      object: { kind: 'table', name: after.name },
      property: 'replica-identity',
      detail: `${after.name} is published in ${after.publications.join(', ')}. ${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}.`,
      ...(statement === undefined ? {} : { statement }),
    };
    if (has === undefined && (had !== undefined || before?.publishesChanges !== true)) {
      return [
        {
          ...told,
          weight: 'full',
          title: `${after.name} is published without a replica identity: every UPDATE and DELETE on it fails`,
          safeWay: {
            statements: [`alter table ${after.name} replica identity full`],
            notes: ['Until it has a primary key again; or `replica identity using index …` with a unique index over columns that are NOT NULL.'],
          },
        },
      ];
    }
    return had === undefined || had === has ? [] : [{ ...told, weight: 'less', title: `The replica identity of ${after.name} was ${had} and is now ${has}` }];
  });
}

/** How rows are told apart; undefined where they can't be. */
function identityOf({ constraints, indexes }: RecordingFacts, { oid, replicaIdentity }: TableFacts): string | undefined {
  switch (replicaIdentity) {
    case 'full':
      return 'the full row';
    case 'nothing':
      return undefined;
    case 'index':
      return indexes.find((index) => index.table === oid && index.replicaIdentity)?.name;
    default:
      return constraints.some((constraint) => constraint.table === oid && constraint.kind === 'primary key') ? 'the primary key' : undefined;
  }
}

/** TRUNCATE reaches the subscribers too. */
function judgeTruncates(run: RecordedRun): readonly Sighting[] {
  return run.recording.statements.flatMap((statement): readonly Sighting[] => {
    if (statement.tag !== 'TRUNCATE TABLE') return [];
    const tables = [...new Set((statement.locks ?? []).map(({ relation }) => run.tableOf(relation)))].flatMap((oid) => run.tableBefore(oid) ?? []);
    const published = tables.filter(({ publications }) => publications.length > 0);
    const [first] = published;
    if (first === undefined) return [];
    return [
      {
        weight: 'less',
        object: { kind: 'table', name: first.name },
        property: 'truncated',
        title: `${published.length === 1 ? `Published table ${first.name} was` : `${showCount(published.length, 'published table')} were`} emptied, and so will be its copies`,
        detail: `${showStatement(statement)}.`,
        statement,
      },
    ];
  });
}
