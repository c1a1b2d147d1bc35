import type { PreflightReport } from '../../core/preflight.ts';
import { unreachable } from '../../core/result.ts';
import { renderPreflightJson } from '../../report/preflight/json.ts';
import { renderPreflightMarkdown } from '../../report/preflight/markdown.ts';
import { renderPreflightTerminal } from '../../report/preflight/terminal.ts';

/** A preflight in the form that a person or a program asked for. */
export function renderPreflight(
  report: PreflightReport,
  format: 'terminal' | 'markdown' | 'json',
  screen: { readonly columns: number; readonly color: boolean },
): string {
  switch (format) {
    case 'terminal':
      return renderPreflightTerminal(report, screen);
    case 'markdown':
      return renderPreflightMarkdown(report);
    case 'json':
      return renderPreflightJson(report);
    default:
      return unreachable(format);
  }
}
