import { countOf } from '../core/count-of.ts';
import type { Finding } from '../core/finding.ts';
import type { RecordedStatement, Recording, StatementLock } from '../core/recording.ts';
import { visible, visibleLines } from '../core/visible-text.ts';
import { wrapText } from './display-width.ts';
import { lockName, unobservedWords, whatItBlocks } from './locks.ts';
import { showBytes, showCountOf, showDuration } from './measures.ts';
import type { Paint } from './terminal-style.ts';
import { phaseWords, placeOf, severityWords } from './words.ts';

/** A finding with all that is known of it, for a terminal: what was seen of its statement, and the safe way. */
export function explainFinding(finding: Finding, recording: Recording | undefined, columns: number, paint: Paint): readonly string[] {
  const width = Math.max(40, Math.min(columns, 110));
  const { title, detail, expected, actual, sql, cure, advice, showSql, artifacts, waived } = finding;
  const place = placeOf(finding);
  const statement = statementOf(finding, recording);
  const text = (given: string) => wrapText(visibleLines(given), width);
  const section = (heading: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', paint('quiet', heading), ...lines]);
  return [
    ...wrapText(visible(title), width).map((line) => paint('strong', line)),
    ...wrapText(
      visible([severityWords[finding.severity], phaseWords[finding.phase], `${finding.object.kind} ${finding.object.name}`, place].filter(Boolean).join(' · ')),
      width,
    ),
    ...(detail === undefined ? [] : ['', ...text(detail)]),
    ...(waived === undefined ? [] : ['', ...text(`Waived until ${waived.expires}: ${waived.reason}`)]),
    ...section('Expected', expected === undefined ? [] : indented(expected)),
    ...section('Actual', actual === undefined ? [] : indented(actual)),
    ...section(
      'The server said',
      sql === undefined ? [] : text(`${sql.message} (SQLSTATE ${sql.sqlstate})${sql.detail === undefined ? '' : `. ${sql.detail}`}`),
    ),
    ...section('What was recorded', statement === undefined || recording === undefined ? [] : recorded(statement, recording, width)),
    ...section('What to do', text(cure)),
    ...section('The safe way', advice === undefined || advice.statements.length === 0 ? [] : indented(advice.statements.map((one) => `${one};`).join('\n'))),
    ...(advice?.loses === undefined ? [] : text(`It loses ${advice.loses}.`)),
    ...(advice?.notes ?? []).flatMap(text),
    ...section('See it yourself', showSql === undefined ? [] : indented(showSql)),
    ...section(
      'Proof in the run’s folder',
      (artifacts ?? []).map((path) => `  ${visible(path)}`),
    ),
  ];
}

/** The statement as it was recorded; undefined where the finding is of none, or of more than one. */
function statementOf({ migration, place }: Finding, recording: Recording | undefined): RecordedStatement | undefined {
  if (place?.line === undefined) return undefined;
  return recording?.statements.find((one) => one.migration === migration && one.place?.file === place.file && one.place.line === place.line);
}

function recorded(statement: RecordedStatement, recording: Recording, width: number): readonly string[] {
  const { text, startedMs, endedMs, waitedMs, rows, lockTimeoutMs, wal, locks = [], rewrites = [], scans = [], unobserved } = statement;
  const name = (oid: number) => recording.relations.find((one) => one.oid === oid)?.name ?? `relation ${oid}`;
  const lines = [
    `It took ${showDuration(endedMs - startedMs)}${waitedMs === undefined || waitedMs < 1 ? '' : `, of which it waited ${showDuration(waitedMs)} for locks of others`}${rows === null ? '' : `; ${showCountOf(rows, 'row')}`}.`,
    ...(lockTimeoutMs === undefined ? [] : [lockTimeoutMs === 0 ? 'It had no lock_timeout.' : `Its lock_timeout was ${showDuration(lockTimeoutMs)}.`]),
    ...locks.flatMap((lock) => held(lock, statement, recording, name)),
    ...rewrites.map(
      ({ relation, reasons, bytesAfter }) =>
        `It wrote ${name(relation)} anew (${reasons.join(', ')})${bytesAfter === undefined ? '' : `: ${showBytes(bytesAfter)}`}.`,
    ),
    ...scans.map(({ relation, rowsRead }) => `It read all of ${name(relation)}: ${countOf(rowsRead, 'row')} at least.`),
    ...(wal === undefined ? [] : [`${showBytes(wal.bytes)} of WAL were written${wal.alone ? '' : ' by the whole server'} meanwhile.`]),
    ...unobserved.map(({ what, why }) => `Not observed: ${unobservedWords[what]}, because ${why}.`),
  ];
  return [...indented(text), ...lines.flatMap((line) => wrapText(visible(line), width))];
}

/** Locks that stop nobody's reading or writing aren't told. */
function held({ relation, mode }: StatementLock, { transaction }: RecordedStatement, recording: Recording, name: (oid: number) => string): readonly string[] {
  const blocks = whatItBlocks(mode);
  if (blocks === undefined) return [];
  const interval = recording.locks.find((one) => one.relation === relation && one.mode === mode && one.transaction === transaction);
  const time = interval?.grantedMs === undefined ? '' : ` for ${showDuration(interval.releasedMs - interval.grantedMs)}`;
  return [`It locked ${name(relation)} (${lockName(mode)})${time}, which stops ${blocks}.`];
}

/** Code, as it stands: never wrapped, so that it can be pasted. */
function indented(code: string): readonly string[] {
  return visibleLines(code)
    .split('\n')
    .map((line) => `  ${line}`);
}
