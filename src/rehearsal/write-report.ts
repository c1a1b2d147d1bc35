import { join } from 'node:path';
import type { EvidenceSettings } from '../config/schema.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type RunSummary, summarise } from '../core/run-summary.ts';
import { rootHash } from '../evidence/manifest.ts';
import { readEvidence, readManifestBytes } from '../evidence/read-evidence.ts';
import type { RunFolder } from '../evidence/run-folder.ts';
import { renderHtml } from '../report/html/render-html.ts';
import { renderJson } from '../report/json.ts';
import { renderNamedLog } from '../report/logs/render-named-log.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderMemoHtml } from '../report/memo/memo-html.ts';
import { renderMemoMarkdown } from '../report/memo/memo-markdown.ts';
import { renderPreflightHtml } from '../report/preflight/html.ts';
import { renderPreflightJson } from '../report/preflight/json.ts';
import { renderPreflightMarkdown } from '../report/preflight/markdown.ts';

/** The forms of a report, each a pure function of the run's summary. */
export const reportForms = {
  html: { file: 'report.html', title: 'Report', render: renderHtml },
  json: { file: 'report.json', title: 'Report as JSON', render: renderJson },
  markdown: { file: 'report.md', title: 'Summary for a pull request', render: renderMarkdown },
  memo: { file: 'memo.html', title: 'Memo for whoever signs the deploy off', render: renderMemoHtml },
  'memo-markdown': { file: 'memo.md', title: 'The memo as Markdown', render: renderMemoMarkdown },
} as const satisfies Record<string, { file: string; title: string; render: (summary: RunSummary) => string }>;

export type ReportForm = keyof typeof reportForms;

/** Writes every form of the report into a run folder that is still open, so that they are sealed with the rest. */
export async function writeSealedReports(folder: RunFolder): Promise<string> {
  const evidence = await readEvidence(folder.path);
  if (evidence.ok) {
    const summary = summarise(evidence.value.entries);
    for (const { file, title, render } of formsOf(summary)) await folder.writeArtifact(file, title, render(summary), { rendered: true });
  }
  return join(folder.path, reportForms.html.file);
}

/** A preflight rehearses nothing, so that there is nothing for a memo. */
const preflightForms = {
  html: renderPreflightHtml,
  json: renderPreflightJson,
  markdown: renderPreflightMarkdown,
} as const;

function formsOf(summary: RunSummary): readonly { readonly file: string; readonly title: string; readonly render: (summary: RunSummary) => string }[] {
  const { preflight } = summary;
  // A sync rehearses nothing, so that there is nothing for a memo.
  if (summary.header?.scope === 'sync') return [reportForms.html, reportForms.json, reportForms.markdown];
  if (preflight === undefined) return Object.values(reportForms);
  return Object.entries(preflightForms).map(([form, render]) => ({
    ...reportForms[form as keyof typeof preflightForms],
    render: (of) => render(preflight, of),
  }));
}

/** Writes the logs that the team's own process asks for, under its own names. */
export async function writeNamedLogs(folder: RunFolder, logs: EvidenceSettings['logs']): Promise<void> {
  if (logs.length === 0) return;
  const evidence = await readEvidence(folder.path);
  if (!evidence.ok) return;
  for (const { file, holds } of logs) {
    const log = renderNamedLog(holds, evidence.value.entries);
    await folder.writeArtifact(file, log.title, log.text, { rendered: true });
  }
}

/**
 * Renders the report of an ended run again from its evidence, with the root hash, which what is sealed can't hold.
 *
 * @param outFile where to write it; the sealed folder itself is never touched
 */
export async function renderReport(runFolder: string, form: ReportForm): Promise<Result<string>> {
  const evidence = await readEvidence(runFolder);
  if (!evidence.ok) return evidence;
  const manifest = await readManifestBytes(runFolder);
  const summary = summarise(evidence.value.entries);
  const whole = manifest === undefined ? summary : { ...summary, rootSha256: rootHash(manifest) };
  const { file } = reportForms[form];
  const found = formsOf(whole).find((one) => one.file === file);
  if (found === undefined) {
    const message = `${runFolder} is a preflight, of which there is no ${form}`;
    return fail(failure('usage', message, { cure: 'Choose another --form, or name the run that was rehearsed: `pgrehearse runs` lists them.' }));
  }
  return ok(found.render(whole));
}
