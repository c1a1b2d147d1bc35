import { phaseQuestions } from '../../core/phase.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showDuration } from '../measures.ts';
import { outcomeSigns, outcomeWords, phaseWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { folded, stateWord } from './pieces.ts';

/** The eleven phases at a glance, and unfolded what each one asked and answered. */
export function phaseStrip({ phases }: RunSummary): Markup {
  const said = phases.filter((phase) => phase.summary !== '' || phase.steps.length > 0);
  return html`<ol class="strip" aria-label="Phases">${phases.map(
    (phase) =>
      html`<li class="${phase.outcome}"><b>${phaseWords[phase.phase]}</b><span class="sign" aria-hidden="true">${outcomeSigns[phase.outcome]}</span> <span class="num">${
        phase.outcome === 'passed' || phase.outcome === 'failed' || phase.outcome === 'inconclusive'
          ? showDuration(phase.durationMs ?? 0)
          : outcomeWords[phase.outcome]
      }</span></li>`,
  )}</ol>
<div class="said">${said.length === 0 ? undefined : folded('What each phase asked and found', table(said))}</div>
`;
}

function table(said: RunSummary['phases']): Markup {
  return html`<table class="stack"><thead><tr><th scope="col">Phase</th><th scope="col">Question</th><th scope="col">Answer</th><th scope="col">Outcome</th></tr></thead><tbody>${said.map(
    (phase) =>
      html`<tr><td><b>${phaseWords[phase.phase]}</b></td><td class="soft">${phaseQuestions[phase.phase]}</td><td>${phase.summary}${
        phase.steps.length === 0 ? undefined : html`<ul class="quiet">${phase.steps.map((step) => html`<li>${step}</li>`)}</ul>`
      }</td><td>${stateWord(phase.outcome, outcomeWords[phase.outcome])}</td></tr>`,
  )}</tbody></table>`;
}
