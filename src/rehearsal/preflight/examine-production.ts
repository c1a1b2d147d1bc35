import type { Settings } from '../../config/schema.ts';
import { SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { isKnown } from '../../core/production.ts';
import { ok, type Result } from '../../core/result.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { inTransaction } from '../../preflight/read/in-transaction.ts';
import { readServer } from '../../preflight/read/read-server.ts';
import { openProduction } from './open-production.ts';

/** Whether a preflight could look at production now, and would see enough of it: a sentence. Fails with what connecting fails with. */
export async function examineProduction(context: Context, settings: Pick<Settings, 'source' | 'preflight'>, folder: string): Promise<Result<string>> {
  const opened = await openProduction(context, settings, folder);
  if (!opened.ok) return opened;
  await using production = opened.value;
  const { address, label } = production;
  const readOnly = { statementTimeoutMs: 10_000, lockTimeoutMs: 1_000 };
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse doctor', signal: context.signal, readOnly });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    const server = await inTransaction(session, () => readServer(session));
    if (!isKnown(server)) return ok(`${label}, of which little can be read: ${server.unknown}`);
    const { isStandby, seesActivity } = server.value;
    const doubts = [
      ...(isStandby ? ['a standby: its primary’s sessions and slots stay unknown'] : []),
      ...(seesActivity ? [] : ['without pg_monitor: whose transactions are old stays unknown']),
    ];
    return ok(`${label}${doubts.length === 0 ? '' : `; ${doubts.join('; ')}`}`);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { ok: false, failure: sourceFailure(error, label, 'asking what a preflight would see') };
  }
}
