import { showCountOf } from '../measures.ts';
import { outcomeSigns } from '../words.ts';
import { html, Markup } from './markup.ts';

/** Parts that several sections use. */

/** A section of the page: heading on the left, content on the right. */
export function section(id: string, heading: string, remark: string | undefined, content: Markup | readonly Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}${
    remark === undefined ? undefined : html` <span>${remark}</span>`
  }</h2><div>${content}</div></section>
`;
}

/** Terms and what they are; a row without content is left out. */
export function facts(rows: readonly (readonly [string, Markup | string | undefined])[]): Markup {
  const shown = rows.filter(([, content]) => content !== undefined && content !== '');
  return html`<dl class="facts">${shown.map(([term, content]) => html`<dt>${term}</dt><dd>${content}</dd>`)}</dl>`;
}

export function folded(summary: string | Markup, content: Markup | readonly Markup[], open = false): Markup {
  return html`<details${open ? Markup.trusted(' open') : undefined}><summary>${summary}</summary><div>${content}</div></details>`;
}

/** Something to paste into a shell or psql. */
export function codeBlock(text: string): Markup {
  return html`<pre class="code"><code>${text}</code></pre>`;
}

/** A statement: the first lines, and all of it when it is unfolded. */
export function statementText(text: string): Markup {
  const lines = text.split('\n');
  if (lines.length <= 8) return html`<pre class="sql">${text}</pre>`;
  return html`<pre class="sql">${lines.slice(0, 4).join('\n')}\n…</pre>${folded(`All ${showCountOf(lines.length, 'line')}`, html`<pre class="sql">${text}</pre>`)}`;
}

/** A bar whose length is a share from 0 to 1. Drawn with attributes, since the page's policy forbids inline styles. */
export function bar(share: number, failed = false): Markup {
  const width = Math.max(0.6, Math.min(1, Number.isFinite(share) ? share : 0) * 100).toFixed(1);
  return html`<svg class="bar${failed ? ' failed' : ''}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8" rx="0"/></svg>`;
}

const tones: Readonly<Record<string, string>> = { passed: 'good', applied: 'good', failed: 'bad', inconclusive: 'doubt', unfinished: 'doubt' };

/** An outcome as sign and word, in its colour. */
export function stateWord(outcome: keyof typeof outcomeSigns, word: string): Markup {
  return html`<span class="state ${tones[outcome] ?? 'quiet'}"><span aria-hidden="true">${outcomeSigns[outcome]}</span> ${word}</span>`;
}

export function list(items: readonly string[]): Markup | undefined {
  return items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** The report lies in the run folder, so that a relative path leads to the file. Anything that isn't plainly such a path is no link. */
export function artifactLink(path: string): Markup {
  const plain = path.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part));
  return plain ? html`<a href="${path}"><code>${path}</code></a>` : html`<code>${path}</code>`;
}
