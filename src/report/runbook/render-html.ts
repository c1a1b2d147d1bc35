import { unreachable } from '../../core/result.ts';
import { html, Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { codeBlock, facts, section } from '../html/pieces.ts';
import { type Block, byWords, type RunbookDocument, type RunbookStep } from './document.ts';
import { originMark } from './origin-mark.ts';

/** The runbook as one page that loads nothing. */
export function renderRunbookHtml({ title, made, lead, sections }: RunbookDocument): string {
  const number = { step: 0 };
  const origin = facts([
    ['Configuration', html`<span class="hash">${made.configSha256}</span>`],
    ['Migrations', html`<span class="hash">${made.migrationsSha256}</span>`],
    ['Rehearsal', made.evidence === undefined ? 'none yet' : html`<span class="mono">${made.evidence.runId}</span>, ${made.evidence.verdict}`],
    ['Evidence root', made.evidence?.rootSha256 === undefined ? undefined : html`<span class="hash">${made.evidence.rootSha256}</span>`],
  ]);
  const verdict = made.evidence?.verdict;
  return page({
    title,
    mood: verdict === 'PASS' || verdict === 'BLOCKER' || verdict === 'INCONCLUSIVE' ? verdict : 'UNFINISHED',
    header: html`${Markup.trusted(originMark(made))}<header class="top"><div class="page"><h1>${title}</h1>${lead.map((text) => html`<p class="why">${marked(text)}</p>`)}</div></header>
`,
    main: html`${sections.map(({ heading, blocks }, index) =>
      section(
        `part-${index + 1}`,
        heading,
        undefined,
        blocks.map((block) => render(block, number)),
      ),
    )}${section('made', 'Made from', undefined, origin)}`,
    footer: 'Written by pgrehearse runbook, and not by hand. This page loads nothing from anywhere.',
  });
}

function render(block: Block, number: { step: number }): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${marked(block.text)}</p>`;
    case 'heading':
      return html`<h3>${block.text}</h3>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${block.checklist === true ? '☐ ' : '· '}${marked(item)}</li>`)}</ul>`;
    case 'table':
      return html`<div class="wide"><table><thead><tr>${block.head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${block.rows.map(
        (row) => html`<tr>${row.map((cell) => html`<td>${marked(cell)}</td>`)}</tr>`,
      )}</tbody></table></div>`;
    case 'code':
      return codeBlock(block.text);
    case 'step':
      number.step += 1;
      return stepPart(number.step, block);
    default:
      return unreachable(block);
  }
}

function stepPart(number: number, { title, by, detail, command, expect, took }: RunbookStep): Markup {
  return html`<div class="statement"><p><b>${number}. ${title}</b><span class="${by === 'human' ? 'doubt' : 'good'}">${byWords[by]}</span>${took === undefined ? undefined : html`<span class="num">took ${took}</span>`}</p>${
    detail === undefined ? undefined : html`<div class="soft">${marked(detail)}</div>`
  }${command === undefined ? undefined : codeBlock(command)}${expect?.map((line, index) => html`<div>${index === 0 ? html`<span class="soft">Expected:</span> ` : undefined}${marked(line)}</div>`)}</div>`;
}

/** Text in which what stands between backticks is code. */
function marked(text: string): readonly (Markup | string)[] {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) => (part.length > 2 && part.startsWith('`') && part.endsWith('`') ? html`<code>${part.slice(1, -1)}</code>` : part));
}
