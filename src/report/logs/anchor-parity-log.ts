import type { PartParity, StructureDeviation } from '../../core/lineage.ts';
import { eventsOf, gatesNamed, type LogBody, type LogInput, whyNotAnchored } from './log-input.ts';

/** Part by part of the structure: what was compared, and each deviation with both sides. */
export function anchorParityLog({ summary, entries }: LogInput): LogBody {
  const compared = eventsOf(entries, 'anchor-compared');
  const gates = gatesNamed(summary, 'anchor-parity', 'approved-evidence');
  if (compared.length === 0) return { notDone: whyNotAnchored(summary), gates, lines: [] };
  const lines = compared.flatMap(({ at, event: { parity } }) => [
    `${at}  Production against ${parity.label}, at revision ${parity.revision}:`,
    ...parity.parts.flatMap(partLines),
    '',
  ]);
  return { gates, lines };
}

function partLines({ part, compared, deviations }: PartParity): readonly string[] {
  const result = deviations.length > 0 ? `${deviations.length} DEVIATIONS` : compared === 0 ? 'nothing to compare' : 'the same';
  return [`  ${part.padEnd(12)} ${String(compared).padStart(6)} compared: ${result}`, ...deviations.flatMap(deviationLines)];
}

function deviationLines({ object, property, production, expected }: StructureDeviation): readonly string[] {
  return [
    `    ${object}${property === undefined ? '' : `, ${property}`}`,
    `      production: ${production ?? 'not there'}`,
    `      expected:   ${expected ?? 'not there'}`,
  ];
}
