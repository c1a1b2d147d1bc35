import { unreachable } from '../../core/result.ts';
import { renderComparisonHtml } from '../../report/comparison/html.ts';
import { comparisonJson } from '../../report/comparison/json.ts';
import { renderComparisonMarkdown } from '../../report/comparison/markdown.ts';
import { renderComparison } from '../../report/comparison/terminal.ts';
import type { Diff } from './diff-databases.ts';

export type DiffFormat = 'terminal' | 'json' | 'markdown' | 'html';

/** The result of a comparison in one of its forms; all of them are made from the same model. */
export function renderDiff(
  { comparison, exitCode, artifacts }: Diff,
  format: DiffFormat,
  window: { readonly columns: number; readonly color: boolean },
): string {
  switch (format) {
    case 'terminal':
      return renderComparison(comparison, window);
    case 'json':
      return `${JSON.stringify(comparisonJson(comparison, exitCode, artifacts), null, 2)}\n`;
    case 'markdown':
      return renderComparisonMarkdown(comparison);
    case 'html':
      return renderComparisonHtml(comparison);
    default:
      return unreachable(format);
  }
}
