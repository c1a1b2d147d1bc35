import type { Failure, Place } from '../core/failure.ts';
import { visibleLines } from '../core/visible-text.ts';

/**
 * A failure as a person reads it: what happened, each problem with its place, what to do.
 *
 * @example failureText(failure('config-not-found', 'there is no pgrehearse.config.ts in /repo'))
 */
export function failureText(failed: Failure): string {
  const { problems = [] } = failed;
  const lines = [`error: ${failed.message}`, ...detailLines(failed, '  ')];
  for (const problem of problems) {
    lines.push(`  ${placeText(problem.place)}${problem.message}`, ...detailLines(problem, '      '));
    if (problem.cure !== failed.cure) lines.push(`      → ${problem.cure}`);
  }
  // Where each problem has its own cure, the general one would only repeat that something must be done.
  if (problems.length === 0 || problems.every((problem) => problem.cure === failed.cure)) lines.push(`  → ${failed.cure}`);
  lines.push(`  (${failed.code}: more with \`pgrehearse explain ${failed.code}\`)`);
  // What a server, a cloud or a file name says may hold anything.
  return visibleLines(lines.join('\n'));
}

function detailLines({ sql, place, problems }: Failure, indent: string): string[] {
  const lines: string[] = [];
  if (sql !== undefined) {
    lines.push(`${indent}SQLSTATE ${sql.sqlstate}: ${sql.message}`);
    if (sql.detail !== undefined) lines.push(`${indent}detail: ${sql.detail}`);
    if (sql.hint !== undefined) lines.push(`${indent}hint: ${sql.hint}`);
    if (sql.where !== undefined) lines.push(`${indent}where: ${sql.where}`);
    if (sql.statement !== undefined) lines.push(`${indent}statement: ${shorten(sql.statement)}`);
  }
  if (place?.line !== undefined && problems === undefined && sql !== undefined) lines.push(`${indent}at ${placeText(place).trimEnd()}`);
  return lines;
}

function placeText(place: Place | undefined): string {
  if (place === undefined) return '';
  return `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(':')}  `;
}

function shorten(statement: string): string {
  const line = statement.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
