import type { RunSummary } from '../../core/run-summary.ts';
import { code, prose } from '../markdown-pieces.ts';
import { type Memo, type MemoEvidence, makeMemo } from './memo.ts';

/** memo.md: one page for whoever signs the deploy off. */
export function renderMemoMarkdown(summary: RunSummary): string {
  const memo = makeMemo(summary);
  const parts = [
    `# ${memo.word}: ${prose(memo.title)}`,
    `**${prose(memo.headline)}.** ${prose(memo.reason)}`,
    rows(memo.facts),
    ...causeOf(memo),
    section('Risks', memo.risks),
    section('Not covered', memo.notCovered),
    section('Still owed before production', memo.owed, '- [ ]'),
    `## Evidence\n\n${rows(memo.seal)}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function causeOf({ rootCause, failing, moreFailing }: Memo): readonly string[] {
  if (rootCause === undefined && failing.length === 0) return [];
  const more = moreFailing === 0 ? [] : [`And ${moreFailing} more in the report.`];
  return [`## Root cause\n\n${rootCause === undefined ? 'None.' : prose(rootCause)}`, ...failing.map(evidence), ...more];
}

function evidence({ title, facts }: MemoEvidence): string {
  return `**${prose(title)}**\n\n${rows(facts)}`;
}

function rows(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- ${prose(name)}: ${isPlain(name) ? prose(value) : code(oneLine(value))}`).join('\n');
}

/** Names, hashes and statements are code; sentences aren't. */
function isPlain(name: string): boolean {
  return name === 'To do' || name === 'Rehearsed' || name === 'Phase' || name === 'Root hash' || name === 'Journal';
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, 400);
}

function section(heading: string, sentences: readonly string[], mark = '-'): string {
  return sentences.length === 0 ? '' : `## ${heading}\n\n${sentences.map((sentence) => `${mark} ${prose(sentence)}`).join('\n')}`;
}
