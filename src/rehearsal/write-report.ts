import { join } from 'node:path';
import { ok, type Result } from '../core/result.ts';
import { type RunSummary, summarise } from '../core/run-summary.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import type { RunFolder } from '../evidence/run-folder.ts';
import { renderHtml } from '../report/html/render-html.ts';
import { renderJson } from '../report/json.ts';
import { renderMarkdown } from '../report/markdown.ts';

/** The forms of a report, each a pure function of the run's summary. */
export const reportForms = {
  html: { file: 'report.html', title: 'Report', render: renderHtml },
  json: { file: 'report.json', title: 'Report as JSON', render: renderJson },
  markdown: { file: 'report.md', title: 'Summary for a pull request', render: renderMarkdown },
} as const satisfies Record<string, { file: string; title: string; render: (summary: RunSummary) => string }>;

export type ReportForm = keyof typeof reportForms;

/** Writes every form of the report into a run folder that is still open, so that they are sealed with the rest. */
export async function writeSealedReports(folder: RunFolder): Promise<string> {
  const evidence = await readEvidence(folder.path);
  if (evidence.ok) {
    const summary = summarise(evidence.value.entries);
    for (const { file, title, render } of Object.values(reportForms)) await folder.writeArtifact(file, title, render(summary), { rendered: true });
  }
  return join(folder.path, reportForms.html.file);
}

/**
 * Renders the report of an ended run again from its evidence.
 *
 * @param outFile where to write it; the sealed folder itself is never touched
 */
export async function renderReport(runFolder: string, form: ReportForm): Promise<Result<string>> {
  const evidence = await readEvidence(runFolder);
  return evidence.ok ? ok(reportForms[form].render(summarise(evidence.value.entries))) : evidence;
}
