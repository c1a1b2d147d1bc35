import { fewMigrations } from '../../config/settings/rollback.ts';
import { countOf } from '../../core/count-of.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { leadsBack, type WayBackStep } from '../../core/rollback.ts';
import type { SqlFilesSettings } from '../../migrate/read-migrations.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import { wayDown } from '../../migrate/way-down.ts';
import type { Run } from '../run.ts';
import type { Besides } from '../spare-clone.ts';
import { goBackOverWrites } from './go-back-over-writes.ts';
import { readLedgerProblem } from './ledger-problem.ts';
import { compareMoments, droppedByGoingBack, hasChanged, type Moment, momentOnTwin, readMoment } from './moment.ts';
import { type DownScene, deploy, isFault, rehearseDown, takeBack } from './rehearse-down.ts';
import { type SpareScene, spareScene } from './spare-scene.ts';
import { readTablePlaces } from './table-moment.ts';

interface Downs {
  readonly context: Context;
  readonly run: Run;
  readonly besides: Omit<Besides, 'noTransaction'>;
  readonly migrate: SqlFilesSettings;
}

/**
 * Rehearses the ways down of the pending migrations: each by itself, from the state just after it, and all of them in a row. A clone that a faulty way down
 * has left in another state than it should be in is replaced, so that each fault is told once.
 *
 * Fails where a migration itself can't be applied, or something can't be compared. Throws SqlError and FailureError.
 */
export async function goBackByDowns(downs: Downs): Promise<Result<readonly WayBackStep[]>> {
  const { pending } = downs.besides.line;
  const { each: asked } = downs.besides.request.settings.rollback;
  const each = (asked ?? pending.length <= fewMigrations) || pending.length === 1;
  if (!each) {
    const all = await allTogether(downs);
    return all.ok ? ok([all.value]) : all;
  }
  const tried = await eachByItself(downs);
  if (!tried.ok || pending.length < 2) return tried.ok ? ok(tried.value.steps) : tried;
  const all = await allTogether(downs, tried.value.start);
  return all.ok ? ok([...tried.value.steps, all.value]) : all;
}

async function eachByItself(downs: Downs): Promise<Result<{ readonly steps: readonly WayBackStep[]; readonly start: Moment | undefined }>> {
  const { context, besides } = downs;
  const { pending } = besides.line;
  const steps: WayBackStep[] = [];
  let scene = await openScene(downs);
  if (!scene.ok) return scene;
  try {
    let before = await readMoment(context, scene.value.admin, scene.value.comparing.role);
    const start = before.ok ? before.value : undefined;
    for (const [at, migration] of pending.entries()) {
      if (!before.ok) return before;
      context.emit({ type: 'step', phase: 'rollback', text: `Taking back ${migration.revision}` });
      const tried = await rehearseDown(context, scene.value, migration, before.value);
      if (!tried.ok) return tried;
      const { step, usable, schemaAfter } = tried.value;
      if (pending.length === 1 && usable) {
        const since = await goBackOverWrites(context, scene.value, pending, before.value, schemaAfter);
        if (!since.ok) return since;
        steps.push({ ...step, ...(since.value && { since: since.value }) });
      } else steps.push(step);
      if (at === pending.length - 1) break;
      let earlier: Moment['tables'] | undefined = before.value.tables;
      if (!usable) {
        await scene.value.spare[Symbol.asyncDispose]();
        scene = await openScene(downs);
        if (!scene.ok) return scene;
        const again = await deploy(context, scene.value, pending.slice(0, at + 1));
        if (!again.ok) return again;
        earlier = undefined;
      }
      before = await readMoment(context, scene.value.admin, scene.value.comparing.role, earlier, schemaAfter);
    }
    return ok({ steps, start });
  } finally {
    if (scene.ok) await scene.value.spare[Symbol.asyncDispose]();
  }
}

/**
 * What the deploy is taken back by, when it is noticed only after the last migration that something is wrong.
 *
 * @param start what a clone of the same image was found to be before migrating; read here unless given
 */
async function allTogether(downs: Downs, start?: Moment): Promise<Result<WayBackStep>> {
  const { context, besides } = downs;
  const { pending } = besides.line;
  const nothing = { differences: [], data: [], drops: [], changed: false };
  const lacking = pending.filter((migration) => wayDown(migration) === undefined).map(({ revision }) => revision);
  if (lacking.length > 0) return ok({ ...nothing, outcome: 'not-tried', why: `${lacking.join(', ')} ${lacking.length === 1 ? 'has' : 'have'} no way down` });
  context.emit({
    type: 'step',
    phase: 'rollback',
    text: `Taking back ${pending.length === 1 ? 'the migration' : `all ${countOf(pending.length, 'migration')}`}`,
  });
  const opened = await openScene(downs);
  if (!opened.ok) return opened;
  await using scene = opened.value.spare;
  const { admin, comparing, accepted } = opened.value;
  const before = start === undefined ? await readMoment(context, admin, comparing.role) : ok(await momentOnTwin(context, admin, start));
  if (!before.ok) return before;
  const forward = await deploy(context, opened.value, pending);
  if (!forward.ok) return forward;
  const deployed = await hasChanged(context, admin, before.value, comparing.ledger);
  if (!deployed.ok) return deployed;
  const { changed, places } = deployed.value;
  const base = { ...nothing, changed, forwardMs: forward.value };
  const back = await takeBack(context, opened.value, pending);
  if (!back.ok) return isFault(back.failure) ? ok({ ...base, outcome: 'failed', failure: back.failure }) : back;
  const drops = droppedByGoingBack(places, (await readTablePlaces(context, admin)).places, before.value.tables.places);
  const compared = await compareMoments(context, comparing, admin, before.value, accepted);
  if (!compared.ok) return compared;
  const taken = pending.map(({ revision }) => revision);
  const ledger = await readLedgerProblem(context, admin, scene.settings, opened.value.migrations, taken);
  const again = await deploy(context, opened.value, pending);
  if (!again.ok && !isFault(again.failure)) return again;
  const empty = changed && pending.every((migration) => splitMigration(wayDown(migration) ?? migration).statements.length === 0);
  const step: WayBackStep = {
    ...base,
    ...{ outcome: empty ? 'empty' : 'done', backMs: back.value, ...compared.value, drops },
    ...(ledger === undefined ? {} : { ledger }),
    again: again.ok ? { ok: true } : { ok: false, failure: again.failure },
  };
  if (!again.ok || !leadsBack(step)) return ok(step);
  const since = await goBackOverWrites(context, opened.value, pending, before.value, deployed.value.schema);
  return since.ok ? ok({ ...step, ...(since.value && { since: since.value }) }) : since;
}

async function openScene({ context, run, besides, migrate }: Downs): Promise<Result<DownScene & { readonly spare: SpareScene }>> {
  const spare = await spareScene(context, run, besides);
  if (!spare.ok) return spare;
  const { clone, migrator, comparing, accepted } = spare.value;
  return ok({
    ...{ admin: clone.admin, migrator: migrator.address, settings: migrate, migrations: besides.provided.migrations, comparing, accepted },
    spare: spare.value,
  });
}
