import { localImage } from '../../cluster/local-host.ts';
import type { Copied } from '../../copy/copy-database.ts';
import type { CloneHost, HostedClone, HostedImage, ImageWanted, InPlaceHost } from '../../core/clone-host.ts';
import { countOf } from '../../core/count-of.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { showDuration } from '../../report/measures.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import { age } from '../choose-beginning.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { guardCluster } from '../guard-cluster.ts';
import { readAfterLoad } from '../load/after-load.ts';
import { imageOfSource, type LoadedImage, withImageLosses } from '../load/image-of-source.ts';
import type { KnownImage } from '../load/known-image.ts';
import type { QueryFiles } from '../queries/read-team-queries.ts';
import { readSourceTraffic, type SourceTraffic } from '../recording/source-traffic.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, stop } from '../run.ts';
import { dumpScripts } from '../source/dump-scripts.ts';
import type { Ready } from './preconditions.ts';

export interface Provided extends Copied {
  readonly image: HostedImage;
  /** The clone that is going to be migrated. */
  readonly clone: HostedClone;
  readonly facts: SourceFacts;
  /** All of the repo's, in order. */
  readonly migrations: readonly Migration[];
  /** What production's catalogs said at the copy's snapshot; absent where the source is a dump. */
  readonly sourceCatalog: CapturedCatalog | undefined;
  /** Set where others use the clones' server too. */
  readonly shared: SharedServer | undefined;
  /** What is known of production's own traffic. */
  readonly traffic: SourceTraffic;
  /** The application's queries of the team's own files. */
  readonly queryFiles: QueryFiles;
}

/** Copies the source into an image, or takes the one that is there, and starts the clone that will be migrated. */
export async function provision(context: Context, run: Run, request: RehearseRequest, ready: Ready): Promise<PhaseReport<Provided>> {
  const { source, facts, known, host, migrations } = ready;
  const made = await provideImage(context, run, request, ready);
  if (!made.ok) return stop(made.failure);
  const { image, copied, sourceCatalog } = made.value;
  if (image.inPlace !== true) tellCopy(context, copied);
  // In place the clone is the very server that was read; that it may be changed was proven before.
  const other = image.inPlace === true ? undefined : source;
  const clone = await cloneForRun(context, run, image, `clone of ${facts.database}`, other, host.shared?.allowSourceServer);
  if (!clone.ok) return stop(clone.failure);
  if (clone.value.madeBy !== undefined) context.emit({ type: 'step', phase: 'provision', text: `Clones are made by ${clone.value.madeBy}` });
  await run.follower?.follow(context, clone.value);
  context.emit({ type: 'cloned', imageId: image.id, dataAsOf: image.dataAsOf, server: host.label, database: clone.value.admin.database });
  const traffic = await readSourceTraffic(context, request.settings, source, ready.replay);
  for (const text of traffic.told?.leftOut ?? []) context.emit({ type: 'step', phase: 'provision', text: `Not replayed: ${text}` });
  if (image.inPlace !== true) await closeSource(source);
  return goOn(
    { ...copied, image, clone: clone.value, facts, migrations, sourceCatalog, shared: host.shared, traffic, queryFiles: ready.queryFiles },
    'passed',
    image.inPlace === true ? `Nothing is copied: the migrations run on ${image.id} itself.` : summary(context, copied, known),
  );
}

async function provideImage(context: Context, run: Run, request: RehearseRequest, ready: Ready): Promise<Result<LoadedImage<HostedImage>>> {
  const { known, host } = ready;
  if (known !== undefined) return ok(reused(request, known));
  return 'takeOver' in host ? await takeOver(context, run, host) : await copySource(context, run, request, host, ready);
}

function tellCopy(context: Context, { report }: Copied): void {
  // Hashes of every column can be many: they are an artifact of the fidelity phase.
  const { sourceHashes: _hashes, loaded: _loaded, ...told } = report;
  context.emit({ type: 'copied', report: told });
  context.emit({ type: 'counted', moment: 'source', counts: report.sourceCounts });
}

/** Nothing more is read from production: its session ends now, not with the run. */
async function closeSource(source: Ready['source']): Promise<void> {
  const closed = source?.[Symbol.asyncDispose]();
  // A server that was restored for this takes minutes to be deleted: the run goes on meanwhile, and ends when it is gone.
  if (source !== undefined && ['rds', 'aurora', 'azure'].includes(source.facts.kind)) closed?.then(undefined, () => {});
  else await closed;
}

/** The copy is there; what would be told of copying is empty, and nobody is told it. */
async function takeOver(context: Context, run: Run, host: InPlaceHost): Promise<Result<LoadedImage<HostedImage>>> {
  const image = await host.takeOver(context);
  if (!image.ok) return image;
  run.removeAtEnd(() => image.value.remove(context));
  const { losses } = image.value;
  const report = { sourceCounts: [], rows: 0, bytes: 0, durationMs: 0, snapshotHeldMs: 0, ddlBy: 'nothing', losses, harmless: [] };
  return ok({ image: image.value, copied: { report } });
}

async function copySource(
  context: Context,
  run: Run,
  { settings, folder }: RehearseRequest,
  host: CloneHost,
  { source, facts }: Ready,
): Promise<Result<LoadedImage<HostedImage>>> {
  if (source === undefined) throw new Error('there is neither a source nor an image');
  const make = async (wanted: Omit<ImageWanted, 'label'>) => {
    const image = await host.makeImage(context, { ...wanted, label: `image of ${facts.database}` });
    if (image.ok && !image.value.kept) run.removeAtEnd(() => image.value.remove(context));
    return image;
  };
  const afterLoad = await readAfterLoad(folder, settings.clone.afterLoad);
  if (!afterLoad.ok) return afterLoad;
  const written = host.shared === undefined ? ok([]) : await dumpScripts(source);
  if (!written.ok) return written;
  return await guardCluster(context, host.shared, { phase: 'provision', scripts: [...written.value, ...afterLoad.value] }, () =>
    imageOfSource(context, source, make, 'provision', host.shared, {
      migrate: settings.migrate,
      afterLoad: afterLoad.value,
      statistics: settings.clone.statistics,
    }),
  );
}

/** The image stays when the run ends, and the report is that of the copy from which it was made. */
function reused({ settings }: RehearseRequest, { image, memo }: KnownImage): LoadedImage<HostedImage> {
  const { report, ...rest } = withImageLosses(memo.copied, image);
  const fromImage = { id: image.id, madeAt: image.madeAt };
  return {
    image: localImage(image, { method: settings.clone.method }, true),
    copied: { ...rest, report: { ...report, fromImage } },
    sourceCatalog: memo.sourceCatalog,
  };
}

function summary(context: Context, { report: { rows, sourceCounts, snapshotHeldMs } }: Copied, known: KnownImage | undefined): string {
  const what = `${countOf(rows, 'row')} of ${countOf(sourceCounts.length, 'table')}`;
  const held = snapshotHeldMs === 0 ? '' : ` Production’s snapshot was held for ${showDuration(snapshotHeldMs)}.`;
  return known === undefined ? `${what} copied.${held}` : `${what}, data of ${age(context, known.image.dataAsOf)} ago, from an image that was there.`;
}
