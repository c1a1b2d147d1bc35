import type { ToolAnswer } from '../../core/lineage.ts';
import { eventsOf, gatesNamed, type LogBody, type LogInput, whyNot, whyNotAnchored } from './log-input.ts';

/** What the tool and the ledger say right after the stamp. */
export function currentAfterStampLog(input: LogInput): LogBody {
  const { summary, entries } = input;
  const gates = gatesNamed(summary, 'stamp');
  const [stamped] = eventsOf(entries, 'stamped');
  if (stamped === undefined) return { notDone: whyNotAnchored(summary), gates, lines: [] };
  const { report } = stamped.event;
  return {
    gates,
    lines: [
      `Expected   ${report.revision}`,
      `Ledger     ${report.recorded.length === 0 ? 'names nothing' : report.recorded.join(', ')}`,
      ...answers(input, 'after-stamp'),
    ],
  };
}

/** What the tool and the ledger say when everything has run. */
export function currentAfterUpgradeLog(input: LogInput): LogBody {
  const { summary, entries } = input;
  const gates = gatesNamed(summary, 'lineage-applied', 'lineage-heads');
  const last = eventsOf(entries, 'history-applied').at(-1);
  const said = answers(input, 'after-migrate');
  if (last === undefined && said.length === 0) {
    return { notDone: whyNot(summary, 'migrate', 'nobody knows what the ledger says: the migrations failed, or no ledger is configured'), gates, lines: [] };
  }
  const ledger = last === undefined ? [] : ledgerLines(last.event.report);
  return { gates, lines: [...ledger, ...said] };
}

function ledgerLines({
  expected,
  recorded,
  order,
  heads,
  current,
}: Extract<LogInput['entries'][number]['event'], { type: 'history-applied' }>['report']): readonly string[] {
  const same = expected.length === recorded.length && expected.every((revision, at) => revision === recorded[at]);
  return [
    `Expected   ${expected.length === 0 ? 'nothing' : expected.join(', ')}`,
    `Recorded   ${recorded.length === 0 ? 'nothing' : recorded.join(', ')}${same ? '  (the same)' : '  (NOT THE SAME)'}`,
    ...(order === undefined ? ['Order      not seen'] : [`Order      ${order.join(', ')}`]),
    `Heads      ${heads.join(', ')}${heads.length === 1 ? '  (one)' : `  (${heads.length})`}`,
    `Current    ${current.length === 0 ? 'nothing' : current.join(', ')}`,
  ];
}

function answers({ entries }: LogInput, moment: ToolAnswer['moment']): readonly string[] {
  return eventsOf(entries, 'tool-answered')
    .filter(({ event }) => event.answer.moment === moment)
    .flatMap(({ at, event: { answer } }) => [
      '',
      `${at}  ${answer.command.join(' ')}  (${answer.exitCode === null ? 'ended by a signal' : `exit code ${answer.exitCode}`})`,
      ...(answer.lines.length === 0 ? ['  it printed nothing'] : answer.lines.map((line) => `  ${line}`)),
    ]);
}
