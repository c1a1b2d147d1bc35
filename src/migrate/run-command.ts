import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { failure, SqlError } from '../core/failure.ts';
import type { MigrationOutcome } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import { type Context, type Finished, resourceVariable } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { commandEnvironment, leadsElsewhere, withoutPassword } from './command-environment.ts';
import { findLedgerTable } from './ledger-table.ts';
import type { CommandSettings } from './migrate-settings.ts';
import { readLedger } from './read-ledger.ts';

export interface CommandOutcome {
  readonly outcome: MigrationOutcome;
  /** What the ledger has now and hadn't before; absent where no ledger is configured. */
  readonly recorded?: readonly string[];
  /** What all that the command started carries in its environment: see `resourceVariable`. */
  readonly mark: string;
}

/** How much of a failed command's output goes into its failure. */
const lastLines = 12;

/**
 * Runs the team's own migration tool against a database of ours: no shell, the caller's environment without anything that leads to another server,
 * and the variables of `commandEnvironment`. Each line of output is an event, passwords taken out.
 *
 * @param through where the tool finds the database instead, such as a recorder; its ledger is read from the database itself
 *
 * Fails with `command-not-found`, `command-failed` (also when it took longer than `timeoutMinutes`) and `interrupted`.
 */
export async function runMigrationCommand(
  context: Context,
  settings: CommandSettings,
  address: Address,
  projectFolder: string,
  phase: Phase = 'migrate',
  through: Address = address,
): Promise<Result<CommandOutcome>> {
  const before = await ledgerValues(context, settings, address);
  if (!before.ok) return before;
  const tail: string[] = [];
  const mark = `migration-${randomUUID()}`;
  const [command = '', ...args] = settings.command;
  const ran = await context.edge.system.run({
    command,
    args,
    cwd: join(projectFolder, settings.workingFolder ?? '.'),
    env: { ...commandEnvironment(context.entrance?.(through) ?? through, settings), [resourceVariable]: mark },
    inheritEnvironment: true,
    withoutVariable: leadsElsewhere(settings.env),
    timeoutMs: settings.timeoutMinutes * 60_000,
    signal: context.signal,
    onLine: (stream, raw) => {
      const line = withoutPassword(raw, address);
      tail.push(line);
      if (tail.length > lastLines) tail.shift();
      context.emit({ type: 'output', phase, stream, line });
    },
  });
  if (!ran.ok) return ran;
  if (context.signal.aborted) return fail(failure('interrupted', 'the run was interrupted while the migration command was running'));
  const after = await ledgerValues(context, settings, address);
  const recorded = after.ok && after.value !== undefined ? after.value.filter((value) => !before.value?.includes(value)) : undefined;
  const outcome: MigrationOutcome = { migration: settings.command.join(' '), ranAs: 'command', durationMs: ran.value.durationMs, statements: 0 };
  if (ran.value.exitCode === 0) {
    context.emit({ type: 'migration-finished', outcome });
    return ok({ outcome, mark, ...(recorded === undefined ? {} : { recorded }) });
  }
  const leftBehind = recorded === undefined ? 'unknown, since no ledger is configured' : describeRecorded(recorded);
  context.emit({ type: 'migration-finished', outcome: { ...outcome, leftBehind } });
  const how = endOf(ran.value, settings.timeoutMinutes);
  const said = tail.length === 0 ? 'It said nothing.' : `Its last lines:\n${tail.join('\n')}`;
  return fail(failure('command-failed', `${settings.command.join(' ')} ${how}. Left behind: ${leftBehind}. ${said}`, { object: command }));
}

function endOf({ exitCode, signal, durationMs }: Finished, timeoutMinutes: number): string {
  if (exitCode !== null) return `ended with exit code ${exitCode}`;
  return durationMs >= timeoutMinutes * 60_000 ? `was ended after ${timeoutMinutes} minutes (migrate.timeoutMinutes)` : `was ended by ${signal}`;
}

function describeRecorded(recorded: readonly string[]): string {
  return recorded.length === 0 ? 'the ledger shows nothing new' : `the ledger has ${recorded.length} more: ${recorded.join(', ')}`;
}

/** What the ledger says is applied; empty before the tool has made it, undefined where none is configured. */
async function ledgerValues(context: Context, settings: CommandSettings, address: Address): Promise<Result<readonly string[] | undefined>> {
  if (settings.ledger === undefined) return ok(undefined);
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    const ledger = await findLedgerTable(session, settings.ledger);
    if (!ledger.ok) return ok([]);
    const rows = await readLedger(session, ledger.value);
    return ok(rows.filter(({ state }) => state === 'applied').map(({ value }) => value));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('ledger-unknown', `the ledger ${settings.ledger.table} could not be read: ${error.fields.message}`, { sql: error.fields }));
  }
}
