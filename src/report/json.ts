import type { RunSummary } from '../core/run-summary.ts';

/** The name of the format; a change that breaks readers gets a new number. */
const jsonFormat = 'pgrehearse-report/1';

/**
 * The summary as JSON for other programs: the fields of RunSummary in a fixed order, two blanks of indentation, a line feed at the
 * end. The same record always gives the same bytes.
 */
export function renderJson(summary: RunSummary): string {
  return `${JSON.stringify({ format: jsonFormat, ...summary }, null, 2)}\n`;
}
