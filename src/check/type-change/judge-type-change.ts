import { quoteLiteral } from '../../sql/quote.ts';
import { newColumnWay } from '../recording/new-column-way.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { statementAbout, wordsOf } from '../recording/statement-about.ts';
import { typeChange } from './about.ts';
import { type RetypedColumn, retypedColumns } from './retyped-columns.ts';

export const typeChangeCheck: RecordingCheck = { about: typeChange, rootCause: 'compatibility', judge: (run) => [...judgeColumns(run), ...judgeEnums(run)] };

function judgeColumns(run: RecordedRun): readonly Sighting[] {
  return (
    run.before.tables
      // Partitions follow their table.
      .filter(({ oid, parent }) => parent === undefined && run.isOfProduction(oid))
      .flatMap(({ oid }) => retypedColumns(run, oid).map((column) => judgeColumn(run, oid, column)))
  );
}

function judgeColumn(run: RecordedRun, table: number, { before, after }: RetypedColumn): Sighting {
  const name = run.nameOf(table);
  const statement = statementAbout(run, table, [before.name, 'type'], ['type']);
  // varchar(10) to varchar(20) is one type for drivers and plans' results alike only by its name.
  const sameFamily = before.type.replace(/\(.*\)/, '') === after.type.replace(/\(.*\)/, '');
  return {
    weight: sameFamily ? 'least' : 'full',
    object: { kind: 'column', name: `${name}.${before.name}` },
    title: `Column ${name}.${before.name} changed from ${before.type} to ${after.type}`,
    detail: `${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}. Statements that were prepared before fail once in each session; values reach the application in another form.`,
    ...(statement === undefined ? {} : { statement }),
    ...(sameFamily ? {} : { safeWay: newColumnWay(run, table, before.name, after.type) }),
  };
}

function judgeEnums(run: RecordedRun): readonly Sighting[] {
  return run.before.enums.flatMap((before) => {
    const after = run.after.enums.find(({ oid }) => oid === before.oid);
    if (after === undefined) return [];
    const renamed = before.labels.flatMap(({ oid, label }) => {
      const now = after.labels.find((one) => one.oid === oid);
      return now === undefined || now.label === label ? [] : [{ label, now: now.label }];
    });
    const added = after.labels.filter(({ oid }) => !before.labels.some((one) => one.oid === oid));
    const object = { kind: 'type', name: before.name };
    const by = (label: string) => run.recording.statements.find((one) => one.tag === 'ALTER TYPE' && (one.text.includes(label) || wordsOf(one).has(label)));
    return [
      ...renamed.map(({ label, now }): Sighting => {
        const statement = by(now);
        return {
          weight: 'full',
          object,
          property: label,
          title: `Label ${quoteLiteral(label)} of enum ${before.name} is now ${quoteLiteral(now)}: an application that writes the old one fails`,
          detail: `${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}. Rows show the new label at once.`,
          ...(statement === undefined ? {} : { statement }),
          safeWay: {
            statements: [
              `-- a label of its own, and both may be written\nalter type ${before.name} add value if not exists ${quoteLiteral(now)} after ${quoteLiteral(label)}`,
            ],
            notes: ['Then let the application write the new one, change the rows in batches, and leave the old label where it is: it can’t be taken away.'],
          },
        };
      }),
      ...added.map(({ label }): Sighting => {
        const statement = by(label);
        return {
          weight: 'least',
          object,
          property: label,
          title: `Enum ${before.name} has a new label ${quoteLiteral(label)}, which can’t be taken away again`,
          detail: `${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}. An application that doesn’t know it must not meet it in a row.`,
          ...(statement === undefined ? {} : { statement }),
        };
      }),
    ];
  });
}
