import { countOf } from '../../core/count-of.ts';
import { eventsOf, gatesNamed, type LogBody, type LogInput, whyNotAnchored } from './log-input.ts';

/** How the ledger was written, what it printed, and what shows that nothing else was written. */
export function stampLog({ summary, entries }: LogInput): LogBody {
  const gates = gatesNamed(summary, 'stamp');
  // Further clones are stamped in the same way; the first is the one that is migrated.
  const [first] = eventsOf(entries, 'stamped');
  if (first === undefined) return { notDone: whyNotAnchored(summary), gates, lines: [] };
  const { at, event } = first;
  const { report } = event;
  return {
    gates,
    lines: [
      `${at}  Stamped with ${report.revision}, in ${Math.round(report.durationMs)} ms.`,
      ...(report.by === 'tool'
        ? [`Command    ${report.command.join(' ')}`, `Ended      ${report.exitCode === null ? 'by a signal' : `with exit code ${report.exitCode}`}`]
        : ['By         rows in the ledger, as the tool would write them']),
      ...report.output.map(({ stream, line }) => `  ${stream}: ${line}`),
      '',
      `Schema     ${report.objects} objects; SHA-256 of all their facts but the ledger's:`,
      `  before   ${report.schemaBefore}`,
      `  after    ${report.schemaAfter}${report.schemaBefore === report.schemaAfter ? '  (the same)' : '  (CHANGED)'}`,
      ...report.changed.map((what) => `  changed: ${what}`),
      `Rows       counters and files of ${report.tables} tables compared; may be written: ${report.ledger.join(', ')}`,
      `  written  ${report.written.length === 0 ? 'none of these tables' : report.written.join(', ')}`,
      ...(report.countersProblem === undefined ? [] : [`  doubt: ${report.countersProblem}`]),
      `Ledger     names ${report.recorded.length === 0 ? 'nothing' : report.recorded.join(', ')}`,
      `  applied  ${countOf(report.applied.length, 'revision')}`,
      `  pending  ${report.pending.length === 0 ? 'none' : report.pending.join(', ')}`,
    ],
  };
}
