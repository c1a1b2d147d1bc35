import type { RunSummary } from '../../core/run-summary.ts';
import { verdictWord } from '../words.ts';
import { costSection } from './cost/cost-section.ts';
import { cutsSection } from './cuts-section.ts';
import { dataSection } from './data-section.ts';
import { evidenceSection } from './evidence-section.ts';
import { failuresSection } from './failures-section.ts';
import { findingsSection } from './findings-section.ts';
import { gatesSection } from './gates-section.ts';
import { groundSection } from './ground-section.ts';
import { historySection } from './history-section.ts';
import { html } from './markup.ts';
import { migrationsSection, outputSection } from './migrations-section.ts';
import { objectsSection } from './objects-section.ts';
import { page } from './page.ts';
import { phaseStrip } from './phase-strip.ts';
import { preservationSection } from './preservation-section.ts';
import { queriesSection } from './queries-section.ts';
import { recordingSection } from './recording/recording-section.ts';
import { rollbackSection } from './rollback-section.ts';
import { scopeSection } from './scope-section.ts';
import { smokeSection } from './smoke-section.ts';
import { sourceSection } from './source-section.ts';
import { syncSection } from './sync-section.ts';
import { verdictHeader } from './verdict-header.ts';

/**
 * The report as one file that loads nothing.
 *
 * @example await runFolder.writeArtifact('report.html', 'Report', renderHtml(summarise(entries)), { rendered: true })
 */
export function renderHtml(summary: RunSummary): string {
  const word = verdictWord(summary);
  return page({
    title: `${word}${summary.header?.scope === 'way-back' ? ' (way back only)' : ''} · ${summary.header?.title ?? 'pgrehearse'}`,
    mood: word,
    header: verdictHeader(summary),
    main: html`${phaseStrip(summary)}${[
      failuresSection(summary),
      syncSection(summary),
      objectsSection(summary),
      findingsSection(summary),
      gatesSection(summary),
      groundSection(summary),
      historySection(summary),
      migrationsSection(summary),
      recordingSection(summary),
      costSection(summary),
      cutsSection(summary),
      queriesSection(summary),
      dataSection(summary),
      preservationSection(summary),
      smokeSection(summary),
      rollbackSection(summary),
      sourceSection(summary),
      scopeSection(summary),
      outputSection(summary),
      evidenceSection(summary),
    ]}`,
    footer: 'Made from the run’s journal, and from nothing else. This page loads nothing from anywhere.',
  });
}
