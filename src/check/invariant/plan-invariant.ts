import type { Invariant } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import { unreachable } from '../../core/result.ts';
import { planAppendOnly } from './kinds/append-only.ts';
import { planBalances } from './kinds/balances.ts';
import { planForeignKeysHold } from './kinds/foreign-keys-hold.ts';
import { planOwnSql } from './kinds/own-sql.ts';
import { planRlsIsolation } from './kinds/rls-isolation.ts';
import { planSequenceAhead } from './kinds/sequence-ahead.ts';
import { planStatusForward } from './kinds/status-forward.ts';
import { planViewEquals } from './kinds/view-equals.ts';
import type { Plan } from './probe.ts';

/** What an invariant comes down to on this database: the ready-made kinds look at its catalog and count rows. Throws SqlError. */
export async function planInvariant(session: Session, invariant: Invariant): Promise<Plan> {
  switch (invariant.kind) {
    case undefined:
    case 'sql':
      return planOwnSql(invariant);
    case 'rls-isolation':
      return await planRlsIsolation(session, invariant);
    case 'append-only':
      return await planAppendOnly(session, invariant);
    case 'status-forward':
      return await planStatusForward(session, invariant);
    case 'view-equals':
      return await planViewEquals(session, invariant);
    case 'balances':
      return await planBalances(session, invariant);
    case 'foreign-keys-hold':
      return await planForeignKeysHold(session, invariant);
    case 'sequence-ahead':
      return await planSequenceAhead(session, invariant);
    default:
      return unreachable(invariant);
  }
}
