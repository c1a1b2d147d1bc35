import type { PreflightReport } from '../../core/preflight.ts';

/** A preflight as JSON for other programs, as docs/reference/preflight.schema.json describes it: the same report always gives the same bytes. */
export function renderPreflightJson(report: PreflightReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
