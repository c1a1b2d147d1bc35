import { countOf } from '../../core/count-of.ts';
import { shellWord } from '../../core/shell-word.ts';
import type { Transcript, TranscriptCommand, TranscriptEntry, TranscriptStatement } from '../../core/transcript.ts';
import { visibleLines } from '../../core/visible-text.ts';

const about = `What this run did to databases and to the machine it ran on, in the order in which each thing first ended. The same done again is counted.
Statements are as they were sent; bound values are not part of them and are nowhere in this record. Of commands the environment is told by the names
of its variables. What pg_dump and the team's own tool send by themselves is seen by the server, and by the flight recorder where it ran: the latter
is listed as "migration tool".`;

/** transcript.txt: for a person to read from top to bottom, in a terminal too: what would act on that is written out. */
export function renderTranscript({ entries, unlisted }: Transcript): string {
  const parts = entries.map((entry, index) => `${index + 1}. ${entry.kind === 'command' ? commandText(entry) : statementText(entry)}`);
  const rest =
    unlisted === 0 ? [] : [`${unlisted} further statements, on databases that this run made and removed, were too many different ones to be listed.`];
  const counts = `${countOf(entries.filter(isOnProduction).length, 'different statement')} on production, ${countOf(entries.length, 'entry', 'entries')} in all.`;
  return `${visibleLines([about, counts, ...parts, ...rest].join('\n\n'))}\n`;
}

/** transcript.jsonl: the same, an entry a line. */
export function renderTranscriptLines({ entries, unlisted }: Transcript): string {
  const lines = entries.map((entry) => JSON.stringify({ ...entry, durationMs: Math.round(entry.durationMs * 10) / 10 }));
  return [...lines, ...(unlisted === 0 ? [] : [JSON.stringify({ kind: 'unlisted', statements: unlisted })]), ''].join('\n');
}

function isOnProduction(entry: TranscriptEntry): boolean {
  return entry.kind === 'statement' && entry.target === 'production';
}

function commandText({ argv, cwd, on, environment, inherits, outcome, ...told }: TranscriptCommand): string {
  const variables = [...environment, ...(inherits ? ['the caller’s own'] : [])];
  return [
    `${told.at} COMMAND, ${outcome}${timesText(told)}`,
    ...(cwd === undefined ? [] : [`   in ${cwd}`]),
    ...(on === undefined ? [] : [`   on ${on}`]),
    ...(variables.length === 0 ? [] : [`   with ${variables.join(', ')}`]),
    ...indented(argv.map(shellWord).join(' ')),
  ].join('\n');
}

function statementText({ target, where, by, text, cut, outcome, ...told }: TranscriptStatement): string {
  const ended = outcome === 'ok' ? '' : `, failed with SQLSTATE ${outcome}`;
  return [
    `${told.at} ${target.toUpperCase()}, ${by}${ended}${timesText(told)}`,
    `   ${where}`,
    ...indented(text),
    ...(cut === undefined ? [] : [`   … of ${cut.characters} characters, SHA-256 ${cut.sha256}`]),
  ].join('\n');
}

function timesText({ times, durationMs }: Pick<TranscriptEntry, 'times' | 'durationMs'>): string {
  const ms = durationMs < 10 ? durationMs.toFixed(1) : String(Math.round(durationMs));
  return times === 1 ? `, ${ms} ms` : `, ${times} times, ${ms} ms together`;
}

function indented(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => `   | ${line}`);
}
