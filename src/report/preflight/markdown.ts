import type { PreflightCheck, PreflightDecision, PreflightReport } from '../../core/preflight.ts';
import { code, folded, prose, table } from '../markdown-pieces.ts';
import { byWeight, countsSentence, decisionHeadlines, isTroubled, preflightSigns, rehearsalSentence, stillOwed } from './preflight-words.ts';

const signs: Readonly<Record<PreflightDecision, string>> = { GO: '✅', 'NO-GO': '⛔', UNKNOWN: '❔' };
const maxReasons = 20;

/** A preflight for a ticket or a chat: the decision, what is in the way, the rest folded. */
export function renderPreflightMarkdown(report: PreflightReport): string {
  const sorted = byWeight(report.checks);
  const parts = [
    `## ${signs[report.decision]} ${report.decision}: ${decisionHeadlines[report.decision].toLowerCase()}`,
    prose(report.summary),
    ...sorted.filter(isTroubled).map(block),
    folded(
      countsSentence(report),
      table(
        ['check', 'outcome', 'what it found'],
        report.checks.map(({ check, outcome, required, summary }) => [
          code(check),
          `${preflightSigns[outcome]} ${outcome}${required ? '' : ' (advisory)'}`,
          prose(summary),
        ]),
      ),
    ),
    `${prose(rehearsalSentence(report))}. Production ${code(report.production)}, looked at ${report.checkedAt}.${report.decision === 'GO' ? ` ${stillOwed}` : ''}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function block({ check, outcome, required, summary, reasons, cure }: PreflightCheck): string {
  const others = reasons.filter((reason) => reason !== summary);
  const shown = others.slice(0, maxReasons).map((reason) => `- ${prose(reason)}`);
  return [
    `### ${preflightSigns[outcome]} ${check}${required ? '' : ' (advisory)'}`,
    prose(summary),
    ...(shown.length === 0 ? [] : [shown.join('\n') + (others.length > shown.length ? `\n- … and ${others.length - shown.length} more` : '')]),
    ...(cure === undefined ? [] : [`**Do this:** ${prose(cure)}`]),
  ].join('\n\n');
}
