import type { RunSummary } from '../../core/run-summary.ts';
import { type SmokeAnswer, type SmokeMoment, type SmokeReport, smokeMoments, wasUsed } from '../../core/smoke.ts';
import { showCount, showCountOf, showDuration } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { artifactLink, folded, section, stateWord } from './pieces.ts';

const headings: Readonly<Record<SmokeMoment, string>> = {
  before: 'Today’s, before migrating',
  'old-on-new': 'Today’s, on the migrated schema',
  new: 'The new one, on the migrated schema',
};

/** Which version of the application works on which schema: a row for each check, a column for each moment at which it was tried. */
export function smokeSection({ smoke }: RunSummary): Markup | undefined {
  const reports = smokeMoments.flatMap((moment) => smoke.findLast((report) => report.moment === moment) ?? []);
  if (reports.length === 0) return undefined;
  const answers = reports.flatMap((report) => report.answers.map((answer) => proves(answer, report)));
  const names = [...new Set(reports.flatMap((report) => report.answers.map(({ name }) => name)))];
  const rows = names.map((name) => {
    const kind = reports.flatMap((report) => report.answers).find((answer) => answer.name === name)?.kind;
    return html`<tr><td><span class="mono">${name}</span><span class="quiet">${kind === name ? undefined : kind}</span></td>${reports.map((report) => {
      const answer = report.answers.find((one) => one.name === name);
      return html`<td data-label="${headings[report.moment]}">${answer === undefined ? html`<span class="quiet">not asked</span>` : cell(answer, report)}</td>`;
    })}</tr>`;
  });
  return section(
    'application',
    'The application',
    `${showCount(answers.filter(Boolean).length)} of ${showCountOf(answers.length, 'answer')} show that it works`,
    [
      html`<div class="wide"><table class="stack"><thead><tr><th scope="col">Check</th>${reports.map(
        (report) => html`<th scope="col">${headings[report.moment]}${version(report)}</th>`,
      )}</tr></thead><tbody>${rows}</tbody></table></div>`,
    ],
  );
}

function version({ version: known }: SmokeReport): Markup | undefined {
  return known === undefined ? undefined : html` <span class="quiet">${known.ref}, ${known.commit.slice(0, 10)}</span>`;
}

/** Whether an answer shows anything: as for the gate, one that nobody came to the clone for doesn't. */
function proves({ outcome, kind, use }: SmokeAnswer, { role }: SmokeReport): boolean {
  return outcome === 'works' && (kind === 'manual' || (use !== undefined && wasUsed(use) && role.named));
}

function cell(answer: SmokeAnswer, report: SmokeReport): Markup {
  const { said, detail, artifacts = [], durationMs } = answer;
  return html`${word(answer, report)}<br><span class="quiet">${said}${answer.outcome === 'unknown' ? undefined : `, ${showDuration(durationMs)}`}</span>${
    detail === undefined ? undefined : folded(answer.kind === 'manual' ? 'The steps' : 'What it said', html`<pre class="code">${detail}</pre>`)
  }${artifacts.map((path) => html`<br>${artifactLink(path)}`)}`;
}

function word(answer: SmokeAnswer, report: SmokeReport): Markup {
  if (answer.outcome === 'broken') return stateWord('failed', 'broken');
  if (answer.outcome === 'unknown') return stateWord('inconclusive', 'unknown');
  if (proves(answer, report)) return stateWord('passed', 'works');
  const why = answer.use === undefined || !wasUsed(answer.use) ? 'nobody came to the clone' : 'as superuser only';
  return html`${stateWord('inconclusive', 'proves nothing')}<br>${why}`;
}
