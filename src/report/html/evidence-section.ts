import type { Artifact } from '../../core/artifact.ts';
import { countOf } from '../../core/count-of.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showBytes } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { artifactLink, codeBlock, facts, section } from './pieces.ts';

/** What this page was made from, and how to prove that it wasn't altered. */
export function evidenceSection(summary: RunSummary): Markup {
  const { header, artifacts, journal } = summary;
  return section('evidence', 'Evidence', 'sealed by SHA-256', [
    facts([
      ['Run', header?.runId],
      ['Root hash', summary.rootSha256 === undefined ? undefined : html`<span class="hash">${summary.rootSha256}</span>`],
      ['Verify it', header === undefined ? undefined : codeBlock(`pgrehearse evidence verify ${header.runId}`)],
      [
        'Journal',
        html`${countOf(journal.entries, 'entry', 'entries')}; the hash of the last:<br><span class="hash">${journal.lastEntrySha256 ?? 'none'}</span>`,
      ],
      ['Configuration', header === undefined ? undefined : html`<span class="hash">${header.configSha256}</span>`],
      [
        'Commit',
        header?.git === undefined ? undefined : html`<span class="hash">${header.git.commit}</span>${header.git.dirty ? ' with uncommitted changes' : ''}`,
      ],
      [
        'Made by',
        header === undefined ? undefined : `pgrehearse ${header.toolVersion}, Node ${header.nodeVersion}, ${header.platform}, ${header.user} on ${header.host}`,
      ],
      ['Peak memory', summary.peakMemoryBytes === undefined ? undefined : showBytes(summary.peakMemoryBytes)],
      ['Exit code', summary.exitCode === undefined ? undefined : String(summary.exitCode)],
    ]),
    ...(artifacts.length === 0 ? [] : [files(artifacts)]),
  ]);
}

function files(artifacts: readonly Artifact[]): Markup {
  return html`<ul class="lesser">${artifacts.map(
    (artifact) =>
      html`<li><b>${artifact.title}</b> <span class="quiet">${showBytes(artifact.sizeBytes)}</span><br>${artifactLink(artifact.path)}<br><span class="hash">${artifact.sha256}</span></li>`,
  )}</ul>`;
}
