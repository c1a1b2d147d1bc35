import type { CostReport, Prediction } from '../../core/cost.ts';
import type { Recording } from '../../core/recording.ts';
import { costOfRecording } from './cost-of-recording.ts';
import { type Production, predictWindow, replicationLagRisk, unknownProduction } from './predict-window.ts';

/**
 * All that a report tells of what recorded migrations cost: for each migration and together, with how long it will take in production. Pure.
 *
 * @example context.emit({ type: 'costed', report: reportCost(recording) })
 */
export function reportCost(recording: Pick<Recording, 'statements' | 'relations' | 'transactions'>, production: Production = unknownProduction): CostReport {
  const cost = costOfRecording(recording);
  const migrations = cost.migrations.map((migration) => {
    const own = new Set(migration.statements.map(({ statement }) => statement));
    const ids = new Set(recording.statements.filter(({ id }) => own.has(id)).map(({ transaction }) => transaction));
    const { lowMs, highMs } = predictWindow(
      migration,
      recording.transactions.filter(({ id }) => ids.has(id)),
      production,
    );
    return { ...migration, predictedMs: { low: lowMs, high: highMs } };
  });
  return {
    cost: { ...cost, migrations },
    window: upToError(predictWindow(cost, recording.transactions, production), recording),
    lag: replicationLagRisk(cost, production),
  };
}

/** After an error nothing but rolling back is to be expected, and nobody knows how long the rest would have taken. */
function upToError(window: Prediction, { statements }: Pick<Recording, 'statements'>): Prediction {
  const last = statements.findLast(({ text }) => !/^\s*(rollback|abort)\b/i.test(text));
  if (last?.error === undefined) return window;
  return { ...window, partial: true, basis: [...window.basis, 'The migrations ended with an error: what would have come after it isn’t in it.'] };
}
