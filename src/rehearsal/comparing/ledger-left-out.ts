import type { Settings } from '../../config/schema.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context } from '../../core/ports.ts';
import type { BaselineOutcome } from '../../migrate/baseline.ts';

/**
 * The ledger’s table, where only production has one because a known tool makes it when it first runs, and no schema file of the repo does: it is no part of what the
 * repo says, so that it isn’t compared. Said once.
 */
export function ledgerLeftOut(
  context: Context,
  phase: Phase,
  { migrate }: Pick<Settings, 'migrate'>,
  { ledger }: Pick<BaselineOutcome, 'ledger'>,
): readonly string[] {
  if (ledger !== 'absent' || migrate.adapter === undefined || migrate.ledger === undefined) return [];
  context.emit({ type: 'step', phase, text: `${migrate.ledger.table} is not compared: ${migrate.adapter} makes it, and no file of the repo does` });
  return [migrate.ledger.table];
}
