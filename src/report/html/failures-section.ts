import type { Failure, SqlErrorFields } from '../../core/failure.ts';
import { failureCatalogue } from '../../core/failure-catalogue.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { phaseWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { codeBlock, facts, section } from './pieces.ts';

/** What stopped the run, with all that Postgres said about it, and what was left behind. */
export function failuresSection({ failures, leftovers }: RunSummary): Markup | undefined {
  if (failures.length === 0 && leftovers.length === 0) return undefined;
  return section('failures', 'What went wrong', undefined, [
    ...failures.map(({ phase, failure }) => stopped(failure, phaseWords[phase])),
    ...leftovers.map(
      ({ resource, failure }) =>
        html`<div class="stopped"><h3>The ${resource.kind} “${resource.label}” could not be removed</h3><p>${failure?.message}</p>${facts([['What to do', codeBlock('pgrehearse gc')]])}</div>`,
    ),
  ]);
}

function stopped(failure: Failure, phase: string): Markup {
  const { ending, title } = failureCatalogue[failure.code] ?? { ending: 'inconclusive', title: failure.code };
  return html`<div class="stopped${ending === 'blocker' ? '' : ' inconclusive'}">
<p class="over">${[phase, failure.code, failure.rootCause].join(' · ')}</p>
<h3>${title}</h3>
<p>${failure.message}</p>
${failure.sql === undefined ? undefined : statement(failure.sql)}
${facts([
  ['What to do', html`<b>${failure.cure}</b>`],
  ['Object', failure.object === undefined ? undefined : html`<code>${failure.object}</code>`],
  [
    'Where',
    failure.place === undefined ? undefined : html`<code>${failure.place.file}${failure.place.line === undefined ? '' : `:${failure.place.line}`}</code>`,
  ],
  ['SQLSTATE', failure.sql === undefined ? undefined : html`<code>${failure.sql.sqlstate}</code>`],
  ['Detail', failure.sql?.detail],
  ['Hint', failure.sql?.hint],
  ['Context', failure.sql?.where],
  [
    'Problems',
    failure.problems === undefined
      ? undefined
      : html`<ul>${failure.problems.map((one) => html`<li>${one.message} <span class="soft">${one.cure}</span></li>`)}</ul>`,
  ],
])}
</div>`;
}

/** The statement, with a mark on the word at which Postgres stopped. */
function statement({ statement: text, position }: SqlErrorFields): Markup | undefined {
  if (text === undefined || text === '') return undefined;
  if (position === undefined) return html`<pre>${text}</pre>`;
  // Positions count characters, not UTF-16 units.
  const characters = [...text];
  const before = characters.slice(0, position - 1).join('');
  const after = characters.slice(position - 1).join('');
  const word = /^(?:[\p{L}\p{N}_$]+|"[^"]*"|.)/u.exec(after)?.[0] ?? '';
  return html`<pre>${before}<mark>${word}</mark>${after.slice(word.length)}</pre>`;
}
