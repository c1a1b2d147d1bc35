import { type PreflightCheck, type PreflightDecision, type PreflightOutcome, type PreflightReport, preflightQuestions } from '../../core/preflight.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { evidenceSection } from '../html/evidence-section.ts';
import { html, type Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { codeBlock, facts, list, section } from '../html/pieces.ts';
import { verdictSigns } from '../html/verdict-signs.ts';
import { showInstant } from '../measures.ts';
import { byWeight, countsSentence, decisionHeadlines, isTroubled, preflightSigns, rehearsalSentence, stillOwed } from './preflight-words.ts';

const moods = { GO: 'PASS', 'NO-GO': 'BLOCKER', UNKNOWN: 'INCONCLUSIVE' } as const satisfies Record<PreflightDecision, string>;
const tones: Readonly<Record<PreflightOutcome, string>> = { go: 'good', 'no-go': 'bad', unknown: 'doubt', 'not-applicable': 'quiet' };

/** A preflight as one file that loads nothing, in the manner of a run's report. */
export function renderPreflightHtml(report: PreflightReport, summary: RunSummary): string {
  const sorted = byWeight(report.checks);
  const troubled = sorted.filter(isTroubled);
  return page({
    title: `${report.decision} (preflight) · ${summary.header?.title ?? 'pgrehearse'}`,
    mood: moods[report.decision],
    header: head(report, summary, troubled[0]),
    main: html`${troubled.length === 0 ? undefined : section('findings', 'In the way', undefined, troubled.map(block))}${section(
      'checks',
      'Checks',
      countsSentence(report),
      checksTable(sorted),
    )}${section('rehearsal', 'Rehearsal', undefined, facts(rehearsalRows(report)))}${evidenceSection(summary)}`,
    footer: 'Made from the preflight’s journal, and from nothing else. This page loads nothing from anywhere.',
  });
}

function head(report: PreflightReport, { header, startedAt }: RunSummary, first: PreflightCheck | undefined): Markup {
  const rows: readonly (readonly [string, Markup | undefined])[] = [
    ['What to do', first?.cure === undefined ? (report.decision === 'GO' ? html`<p>${stillOwed}</p>` : undefined) : html`<p>${first.cure}</p>`],
    ['Production', html`<p><code>${report.production}</code></p><p class="soft">Looked at ${showInstant(report.checkedAt)}.</p>`],
    ['Rehearsal', html`<p>${rehearsalSentence(report)}.</p>`],
  ];
  return html`<header class="top"><div class="page">
<p class="about"><span><b>${header?.title ?? 'pgrehearse'}</b> preflight</span><span>${
    startedAt === undefined ? undefined : html`<time datetime="${startedAt}">${showInstant(startedAt)}</time> · `
  }<span class="mono">${header?.runId}</span></span></p>
<p class="verdict">${verdictSigns[moods[report.decision]]}<span>${report.decision}</span></p>
<h1>${decisionHeadlines[report.decision]}</h1>
<p class="why">${report.summary}</p>
<dl class="brief">${rows.map(([term, content]) => (content === undefined ? undefined : html`<div><dt>${term}</dt><dd>${content}</dd></div>`))}</dl>
</div></header>
`;
}

function block({ check, outcome, required, summary, reasons, cure }: PreflightCheck): Markup {
  const others = reasons.filter((reason) => reason !== summary);
  return html`<article class="stopped${outcome === 'no-go' ? '' : ' inconclusive'}"><h3>${preflightSigns[outcome]} ${check}${required ? '' : ' (advisory)'}</h3><p>${summary}</p>${list(others)}${
    cure === undefined ? undefined : html`<p><b>Do this:</b> ${cure}</p>`
  }</article>`;
}

function checksTable(checks: readonly PreflightCheck[]): Markup {
  const rows = checks.map(
    ({ check, outcome, required, summary }) =>
      html`<tr><td><span class="state ${tones[outcome]}"><span aria-hidden="true">${preflightSigns[outcome]}</span> ${outcome.replace('not-', 'not ')}</span></td><td><span class="mono">${check}</span><span class="quiet">${
        preflightQuestions[check]
      }${required ? '' : ' Advisory.'}</span></td><td>${summary}</td></tr>`,
  );
  return html`<table class="stack"><thead><tr><th scope="col">Outcome</th><th scope="col">Check</th><th scope="col">What it found</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function rehearsalRows({ rehearsal }: PreflightReport): readonly (readonly [string, Markup | string | undefined])[] {
  const hash = (text: string | undefined) => (text === undefined ? undefined : html`<span class="hash">${text}</span>`);
  return [
    ['Run', html`<code>${rehearsal.runId}</code>`],
    ['Ended', rehearsal.endedAt === undefined ? undefined : showInstant(rehearsal.endedAt)],
    ['Verdict', rehearsal.verdict],
    ['Root hash', hash(rehearsal.rootSha256)],
    ['Deploy transcript', hash(rehearsal.transcriptSha256)],
    ['Verify it', codeBlock(`pgrehearse evidence verify ${rehearsal.runId}${rehearsal.rootSha256 === undefined ? '' : ` --root ${rehearsal.rootSha256}`}`)],
  ];
}
