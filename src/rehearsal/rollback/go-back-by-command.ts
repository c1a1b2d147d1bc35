import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { WayBackStep } from '../../core/rollback.ts';
import type { CommandSettings, MigrateSettings } from '../../migrate/read-migrations.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import type { Run } from '../run.ts';
import type { Besides } from '../spare-clone.ts';
import { goForward } from './go-forward.ts';
import { readLedgerValues } from './ledger-problem.ts';
import { compareMoments, droppedByGoingBack, hasChanged, readMoment } from './moment.ts';
import { quietly } from './quietly.ts';
import { isFault } from './rehearse-down.ts';
import { type SpareScene, spareScene } from './spare-scene.ts';
import { readTablePlaces } from './table-moment.ts';

/** A downgrade that goes on and on must end some time. */
const mostSteps = 200;

/**
 * Rehearses the tool's own downgrade: everything pending is deployed, taken back by the command, and compared with what was before, the tool's ledger too;
 * then deployed once more.
 *
 * Fails where the migrations can't be applied, or something can't be compared. Throws SqlError and FailureError.
 */
export async function goBackByCommand(context: Context, run: Run, besides: Omit<Besides, 'noTransaction'>): Promise<Result<WayBackStep>> {
  const opened = await spareScene(context, run, besides);
  if (!opened.ok) return opened;
  await using scene = opened.value;
  const { request, line } = besides;
  const { clone, migrator, comparing, accepted, settings } = scene;
  context.emit({ type: 'step', phase: 'rollback', text: 'Taking everything back with the tool’s own downgrade' });
  const before = await readMoment(context, clone.admin, migrator.role);
  if (!before.ok) return before;
  const was = await readLedgerValues(context, clone.admin, settings);
  const forward = await goForward(context, scene, besides);
  if (!forward.ok) return forward;
  const deployed = await hasChanged(context, clone.admin, before.value, comparing.ledger);
  if (!deployed.ok) return deployed;
  const { changed, places } = deployed.value;
  const base = { changed, forwardMs: forward.value, differences: [], data: [], drops: [] };
  const recorded = (await readLedgerValues(context, clone.admin, settings)).filter((value) => !was.includes(value)).length;
  const count = line.pending.length > 0 ? line.pending.length : recorded;
  const back = await downgrade(context, scene, besides, { was, count });
  if (!back.ok) return isFault(back.failure) ? ok({ ...base, outcome: 'failed', failure: back.failure }) : back;
  const drops = droppedByGoingBack(places, (await readTablePlaces(context, clone.admin)).places, before.value.tables.places);
  const compared = await compareMoments(context, comparing, clone.admin, before.value, accepted);
  if (!compared.ok) return compared;
  const is = await readLedgerValues(context, clone.admin, settings);
  const ledger = request.settings.migrate.ledger === undefined || is.join('\n') === was.join('\n') ? undefined : tellLedger(settings, was, is);
  const again = await goForward(context, scene, besides);
  if (!again.ok && !isFault(again.failure)) return again;
  return ok({
    ...base,
    ...{ outcome: 'done', backMs: back.value, ...compared.value, drops },
    ...(ledger === undefined ? {} : { ledger }),
    again: again.ok ? { ok: true } : { ok: false, failure: again.failure },
  });
}

/** Runs the downgrade, step by step where it takes one back at a time. Gives milliseconds. */
async function downgrade(
  context: Context,
  { clone, migrator, settings }: SpareScene,
  { request }: Omit<Besides, 'noTransaction'>,
  { was, count }: { readonly was: readonly string[]; readonly count: number },
): Promise<Result<number>> {
  const { command } = request.settings.rollback;
  const written = command?.all ?? command?.step;
  if (written === undefined) throw new Error('the settings name no downgrade');
  const args = written.map((word) => word.replace(/\$\{(previous|count)\}/g, (_, name) => (name === 'count' ? String(count) : previousOf(was))));
  const startedAt = performance.now();
  for (let step = 1; ; step++) {
    const before = await readLedgerValues(context, clone.admin, settings);
    const ran = await runMigrationCommand(quietly(context), { ...commandOf(settings), command: args }, migrator.address, request.folder, 'rollback');
    if (!ran.ok) return fail(ran.failure);
    const now = await readLedgerValues(context, clone.admin, settings);
    const atEnd = command?.step === undefined || now.join('\n') === was.join('\n') || now.join('\n') === before.join('\n');
    if (atEnd || (settings.ledger === undefined && step >= count) || step >= mostSteps) return ok(performance.now() - startedAt);
  }
}

/** Where the migrations are SQL files, the downgrade gets what any command would get. */
function commandOf(settings: MigrateSettings): CommandSettings {
  if (settings.tool === 'command') return settings;
  return {
    tool: 'command',
    command: [],
    env: {},
    timeoutMinutes: 60,
    ...(settings.ledger && { ledger: { table: settings.ledger.table, column: settings.ledger.column } }),
  };
}

/** The newest by the ledger's own words; `base`, which is what Alembic calls it, where nothing was applied. */
function previousOf(was: readonly string[]): string {
  return was.at(-1) ?? 'base';
}

function tellLedger({ ledger }: MigrateSettings, was: readonly string[], is: readonly string[]): string {
  const more = is.filter((value) => !was.includes(value));
  const less = was.filter((value) => !is.includes(value));
  const parts = [...(more.length === 0 ? [] : [`still names ${more.join(', ')}`]), ...(less.length === 0 ? [] : [`no longer names ${less.join(', ')}`])];
  return `${ledger?.table ?? 'the ledger'} ${parts.join(' and ')}`;
}
