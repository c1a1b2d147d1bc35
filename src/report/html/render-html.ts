import { createHash } from 'node:crypto';
import type { RunSummary } from '../../core/run-summary.ts';
import { verdictWord } from '../words.ts';
import { dataSection } from './data-section.ts';
import { evidenceSection } from './evidence-section.ts';
import { failuresSection } from './failures-section.ts';
import { findingsSection } from './findings-section.ts';
import { gatesSection } from './gates-section.ts';
import { html, Markup } from './markup.ts';
import { migrationsSection, outputSection } from './migrations-section.ts';
import { phaseStrip } from './phase-strip.ts';
import { scopeSection } from './scope-section.ts';
import { script } from './script.ts';
import { sourceSection } from './source-section.ts';
import { styleSheet } from './style.ts';
import { verdictHeader } from './verdict-header.ts';

/**
 * The report as one file that loads nothing: no network, no fonts, no libraries. Its policy allows just the style sheet and the script
 * that it carries, by their hashes, so that nothing which might slip in through a name in a database could run.
 *
 * @example await runFolder.writeArtifact('report.html', 'Report', renderHtml(summarise(entries)), { rendered: true })
 */
export function renderHtml(summary: RunSummary): string {
  const policy = `default-src 'none'; style-src '${hashOf(styleSheet)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  const word = verdictWord(summary);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${word} · ${summary.header?.title ?? 'pgrehearse'}</title>
<style>${Markup.trusted(styleSheet)}</style>
</head>
<body class="${word}">
<a class="skip" href="#main">Skip to the details</a>
${verdictHeader(summary)}<main id="main" class="page">
${phaseStrip(summary)}${[
  failuresSection(summary),
  findingsSection(summary),
  gatesSection(summary),
  migrationsSection(summary),
  dataSection(summary),
  sourceSection(summary),
  scopeSection(summary),
  outputSection(summary),
  evidenceSection(summary),
]}</main>
<footer><div class="page"><p>Made from the run’s journal, and from nothing else. This page loads nothing from anywhere.</p></div></footer>
<script>${Markup.trusted(script)}</script>
</body>
</html>
`.toString();
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
