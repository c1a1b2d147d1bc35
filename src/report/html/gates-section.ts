import type { GateOutcome } from '../../core/gate.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showCount } from '../measures.ts';
import { phaseWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { section, stateWord } from './pieces.ts';

const order: readonly GateOutcome[] = ['failed', 'inconclusive', 'passed', 'not-applicable'];

/** The rules that were applied, each with the proof that it could have said no. */
export function gatesSection({ gates }: RunSummary): Markup | undefined {
  if (gates.length === 0) return undefined;
  const passed = gates.filter((gate) => gate.outcome === 'passed').length;
  // What didn't pass comes first; within an outcome, the order of the phases.
  const sorted = gates.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const rows = sorted.map(
    (gate) =>
      html`<tr><td>${stateWord(gate.outcome, gate.outcome.replace('-', ' '))}</td><td><span class="mono">${gate.gate}</span><span class="quiet">${
        phaseWords[gate.phase]
      }${gate.required ? '' : gate.ruled === undefined ? ', advisory' : `, ${gate.ruled.as} by configuration`}</span></td><td>${gate.summary}${gate.weakenedBy === undefined ? undefined : html` <b class="doubt">Weakened by masking:</b> ${gate.weakenedBy}.`}</td><td data-label="Could it have failed?">${gate.couldFail ? undefined : html`<b class="doubt">No. </b>`}<span class="soft">${gate.proof}</span></td></tr>`,
  );
  return section(
    'gates',
    'Gates',
    `${showCount(passed)} of ${showCount(gates.length)} passed`,
    html`<table class="stack"><thead><tr><th scope="col">Outcome</th><th scope="col">Gate</th><th scope="col">What it found</th><th scope="col">Could it have failed?</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}
