import { puttingSequencesBack } from '../../check/invariant/put-sequences-back.ts';
import { judgeTapFile, passedAsPlanned, untriedPgTap } from '../../check/pg-tap/judge-tap-file.ts';
import { readTapScript } from '../../check/pg-tap/read-tap-script.ts';
import { runTapFile, type TapRun } from '../../check/pg-tap/run-tap-file.ts';
import type { Settings } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { findTapFiles } from './find-tap-files.ts';

const installCure =
  'Install it where the clone’s server is (`apt-get install postgresql-15-pgtap`, for the source’s major version): a server that has it is chosen by itself. Or take data.pgTap out.';

/**
 * Runs the team’s pgTAP files on the migrated clone, each in a transaction that is rolled back, and those that pass once more where everything has another name, to see
 * whether they could have failed. Sequences are put back. One outcome a file; none where none are configured.
 *
 * @param admin superuser access to the clone
 * @param maskedColumns how many columns hold values that aren’t production’s own
 */
export async function runPgTap(
  context: Context,
  admin: Address,
  settings: Settings['data']['pgTap'],
  folder: string,
  maskedColumns: number,
): Promise<readonly CheckOutcome[]> {
  if (settings === undefined) return [];
  const { role, required } = settings;
  const { files, empty } = await findTapFiles(folder, settings.files);
  const outcomes = empty.map((entry) => untriedPgTap(`pgtap:${entry}`, required, `${entry} names no file`, 'Correct data.pgTap.files.'));
  if (files.length === 0) return outcomes;
  context.emit({ type: 'step', phase: 'data-gate', text: `Running ${files.length} pgTAP files` });
  try {
    await using session = await open(context, admin);
    const [extension] = await session.query<{ version: string }>(
      "select e.default_version as version from pg_catalog.pg_available_extensions e where e.name = 'pgtap'",
    );
    if (extension === undefined) {
      return [...outcomes, untriedPgTap('pgtap', required, 'the clone’s server doesn’t have the extension pgtap', installCure, 'environment')];
    }
    await puttingSequencesBack(session, async () => {
      for (const path of files) {
        if (context.signal.aborted) return;
        const outcome = await runOne(context, admin, { path, role, required, folder });
        const weakened =
          maskedColumns > 0 && outcome.gate.outcome === 'passed' ? { weakenedBy: `it ran on a copy of which ${maskedColumns} columns are masked` } : {};
        outcomes.push({ ...outcome, gate: { ...outcome.gate, ...weakened } });
      }
    });
    return outcomes;
  } catch (error) {
    const failure = error instanceof FailureError ? error.failure : error instanceof SqlError ? error.fields : undefined;
    if (failure === undefined) throw error;
    return [...outcomes, untriedPgTap('pgtap', required, failure.message, 'Try it again.', 'environment')];
  }
}

async function runOne(
  context: Context,
  admin: Address,
  { path, role, required, folder }: { readonly path: string; readonly role: string | undefined; readonly required: boolean; readonly folder: string },
): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const script = await readTapScript(folder, path);
  if ('why' in script) {
    return untriedPgTap(
      `pgtap:${path}`,
      required,
      script.why,
      'Write it so that it needs no psql, and ends with ROLLBACK: it runs in a transaction that is rolled back.',
    );
  }
  const tried = async (renamed: boolean): Promise<TapRun> => {
    await using session = await open(context, admin);
    return await runTapFile(session, script.statements, role, renamed);
  };
  const run = await tried(false);
  const renamed = passedAsPlanned(run) ? await tried(true) : undefined;
  return judgeTapFile({ path, required, role, run, renamed, startedAt });
}

async function open(context: Context, admin: Address): Promise<Session> {
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse pgtap', signal: context.signal });
  if (!connected.ok) throw new FailureError(connected.failure);
  return connected.value;
}
