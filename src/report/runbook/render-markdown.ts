import { unreachable } from '../../core/result.ts';
import { fenced, prose, table } from '../markdown-pieces.ts';
import { type Block, byWords, type RunbookDocument, type RunbookOrigin, type RunbookStep } from './document.ts';
import { originMark } from './origin-mark.ts';

/** The runbook as Markdown, for the repository. */
export function renderRunbookMarkdown({ title, made, lead, sections }: RunbookDocument): string {
  let step = 0;
  const parts = [
    `# ${prose(title)}`,
    originMark(made),
    ...lead.map(markdownText),
    madeFrom(made),
    ...sections.flatMap(({ heading, blocks }) => [`## ${prose(heading)}`, ...blocks.map(render)]),
  ];
  return `${parts.join('\n\n')}\n`;

  function render(block: Block): string {
    switch (block.kind) {
      case 'text':
        return markdownText(block.text);
      case 'heading':
        return `### ${prose(block.text)}`;
      case 'list':
        return block.items.map((item) => `- ${block.checklist === true ? '[ ] ' : ''}${markdownText(item)}`).join('\n');
      case 'table':
        return table(
          block.head,
          block.rows.map((row) => row.map(markdownText)),
        );
      case 'code':
        return fenced(block.text, block.language);
      case 'step':
        step += 1;
        return stepText(step, block);
      default:
        return unreachable(block);
    }
  }
}

function stepText(number: number, { title, by, detail, command, language, expect, took }: RunbookStep): string {
  const parts = [
    `**${number}. ${prose(title)}** (${byWords[by]}${took === undefined ? '' : `; took ${took}`})`,
    ...(detail === undefined ? [] : [markdownText(detail)]),
    ...(command === undefined ? [] : [fenced(command, language ?? 'sh')]),
    ...(expect === undefined || expect.length === 0 ? [] : [`Expected: ${expect.map(markdownText).join('<br>')}`]),
  ];
  return parts.join('\n\n');
}

function madeFrom({ configSha256, migrationsSha256, evidence }: RunbookOrigin): string {
  const rehearsed =
    evidence === undefined
      ? 'no rehearsal'
      : `run \`${evidence.runId}\`${evidence.rootSha256 === undefined ? '' : `, evidence root \`${evidence.rootSha256}\``}`;
  return `Written by \`pgrehearse runbook\`, not by hand. Made from: configuration \`${configSha256}\`, migrations \`${migrationsSha256}\`, ${rehearsed}.`;
}

/** Prose in which only commands between backticks are more than text. */
function markdownText(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) => (part.startsWith('`') && part.endsWith('`') && part.length > 2 ? part : prosePart(part)))
    .join('');
}

/** `prose` trims; the blanks around a command are part of the sentence. */
function prosePart(part: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(part) ?? [];
  return `${before === '' ? '' : ' '}${inner === '' ? '' : prose(inner)}${after === '' || inner === '' ? '' : ' '}`;
}
