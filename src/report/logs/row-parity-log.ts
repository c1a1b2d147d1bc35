import { countOf } from '../../core/count-of.ts';
import { gatesNamed, type LogBody, type LogInput, whyNot } from './log-input.ts';

/** Every table with its rows on both sides, and by how much they are apart. */
export function rowParityLog({ summary }: LogInput): LogBody {
  const { parity } = summary;
  const gates = gatesNamed(summary, 'row-parity');
  if (parity.length === 0) return { notDone: whyNot(summary, 'fidelity', 'no rows were counted on both sides'), gates, lines: [] };
  const width = Math.max(5, ...parity.map(({ table }) => table.length));
  const differing = parity.filter(({ before, after }) => before !== after).length;
  return {
    gates,
    lines: [
      `${'table'.padEnd(width)}  ${'source'.padStart(14)}  ${'clone'.padStart(14)}  difference`,
      ...parity.map(({ table, before, after }) => `${table.padEnd(width)}  ${shown(before)}  ${shown(after)}  ${apart(before, after)}`),
      '',
      `${countOf(parity.length, 'table')}, ${differing} with another number of rows.`,
    ],
  };
}

function shown(rows: number | undefined): string {
  return (rows === undefined ? 'no such table' : String(rows)).padStart(14);
}

function apart(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return 'only on one side';
  if (before === after) return '0';
  const percent = before === 0 ? 'all of it' : `${((Math.abs(after - before) / before) * 100).toFixed(4)} %`;
  return `${after > before ? '+' : ''}${after - before} (${percent})`;
}
