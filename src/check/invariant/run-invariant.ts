import type { Invariant } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import type { MaskedAttribute } from '../masked-constraints/read-masked-state.ts';
import { invariantCheck } from './about.ts';
import { askProbe } from './ask-probe.ts';
import { columnsRead } from './columns-read.ts';
import { planInvariant } from './plan-invariant.ts';
import type { Probe } from './probe.ts';
import { puttingSequencesBack } from './put-sequences-back.ts';
import { endedTransaction, refusedStatement } from './refused-statement.ts';
import { weakenByMasking } from './weaken-by-masking.ts';
import { type Answered, type Asked, writeUp } from './write-up.ts';

/**
 * Runs one invariant on the migrated clone, and shows that it could have failed: something that it may rely on is broken, and its answer must turn.
 * Everything happens in transactions that are rolled back, and sequences are put back. An invariant whose answer can't be turned is inconclusive, and so
 * is one whose own SQL, role or settings are at fault.
 *
 * @param admin superuser access to the clone
 * @param masked the columns whose values aren't production's own
 * @example for (const invariant of settings.data.invariants) report(context, await runInvariant(context, clone.admin, invariant));
 */
export async function runInvariant(context: Context, admin: Address, invariant: Invariant, masked: readonly MaskedAttribute[] = []): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const nothing = (doubt: Asked['doubts'][number]): CheckOutcome => writeUp(invariant, { answered: [], doubts: [doubt], remarks: [], warnings: [] }, startedAt);
  try {
    await using session = await open(context, admin);
    const asked = await puttingSequencesBack(session, () => ask(context, session, invariant, masked));
    const outcome = writeUp(invariant, asked, startedAt);
    return masked.length === 0 ? outcome : weakenByMasking(outcome, asked.reads, masked);
  } catch (error) {
    if (error instanceof FailureError) return nothing({ reason: error.failure.message, cure: error.failure.cure });
    if (!(error instanceof SqlError)) throw error;
    return nothing({ reason: `it could not be carried out: ${error.fields.message}`, cure: invariantCheck.cure, sql: error.fields });
  }
}

async function open(context: Context, admin: Address): Promise<Session> {
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse invariant', signal: context.signal });
  if (!connected.ok) throw new FailureError(connected.failure);
  return connected.value;
}

async function ask(context: Context, session: Session, invariant: Invariant, masked: readonly MaskedAttribute[]): Promise<Asked> {
  const none = { answered: [], remarks: [], warnings: [] };
  const refused = refusedStatement(ownSql(invariant));
  if (refused !== undefined) return { ...none, doubts: [refused] };
  const { probes, doubts, remarks, warnings, reads } = await planInvariant(session, invariant);
  const answered: Answered[] = [];
  for (const probe of probes) {
    const ended = endedTransaction([probe.check.sql]);
    answered.push({ probe, answer: ended === undefined ? await answer(context, session, probe) : { kind: 'doubt', ...ended } });
  }
  const read = masked.length === 0 ? undefined : await columnsRead(session, reads);
  return { ...demoted(answered), doubts, remarks, warnings, reads: read };

  function demoted(all: readonly Answered[]): Pick<Asked, 'answered'> {
    const proven = new Set(all.flatMap(({ probe, answer: { kind } }) => (kind === 'holds' && probe.group !== undefined ? [probe.group] : [])));
    return {
      answered: all.map((one) =>
        one.answer.kind === 'doubt' && one.probe.group !== undefined && proven.has(one.probe.group) ? { ...one, spared: true } : one,
      ),
    };
  }
}

async function answer(context: Context, session: Session, probe: Probe): Promise<Answered['answer']> {
  if (probe.freshSession !== true) return await askProbe(session, probe);
  await using fresh = await open(context, session.address);
  return await askProbe(fresh, probe);
}

/** What a person wrote that is run as it stands, or inside of a query of ours. */
function ownSql(invariant: Invariant): readonly string[] {
  const scripts: (string | undefined)[] = [
    'sql' in invariant ? invariant.sql : undefined,
    'breakWith' in invariant ? invariant.breakWith : undefined,
    'visibleWhere' in invariant ? invariant.visibleWhere : undefined,
  ];
  return scripts.filter((script) => script !== undefined);
}
