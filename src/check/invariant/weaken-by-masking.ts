import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { MaskedAttribute } from '../masked-constraints/read-masked-state.ts';
import type { ColumnsRead } from './columns-read.ts';

/**
 * What masking takes from an invariant's answer. Where every column that it reads is masked, the answer says nothing of production: it neither holds nor
 * is violated there, as far as anybody knows. Where some are, the answer stands and says which.
 *
 * @param reads undefined: what it reads is not known.
 */
export function weakenByMasking({ gate, findings }: CheckOutcome, reads: ColumnsRead | undefined, masked: readonly MaskedAttribute[]): CheckOutcome {
  if (masked.length === 0) return { gate, findings };
  if (reads === undefined) return { gate: { ...gate, weakenedBy: 'it may read masked columns: what it reads could not be told' }, findings };
  const known = new Map(masked.map(({ tableOid, place, name, strategy }) => [`${tableOid} ${place}`, `${name} (${strategy})`]));
  const names = reads.columns.flatMap((column) => known.get(column) ?? []).sort();
  if (names.length === 0) return { gate: reads.opaque ? { ...gate, weakenedBy: 'it calls functions, which may read masked columns' } : gate, findings };
  const weakenedBy = `it reads masked columns: ${names.join(', ')}`;
  if (names.length < reads.columns.length || reads.opaque) return { gate: { ...gate, weakenedBy }, findings };
  const summary = `Proves nothing: every column that it reads is masked: ${names.join(', ')}.`;
  return {
    gate: { ...gate, weakenedBy, outcome: 'inconclusive', couldFail: false, proof: 'production’s own values were not there', summary },
    findings: findings.map((finding) =>
      finding.severity === 'blocker' ? { ...finding, severity: 'doubt', detail: `${finding.detail ?? ''} ${summary}`.trim() } : finding,
    ),
  };
}
