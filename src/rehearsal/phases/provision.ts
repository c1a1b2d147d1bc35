import type { Copied } from '../../copy/copy-database.ts';
import type { HostedClone, HostedImage, ImageWanted } from '../../core/clone-host.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { guardCluster } from '../guard-cluster.ts';
import { imageOfSource } from '../image-of-source.ts';
import { goOn, type PhaseReport, type Run, stop } from '../run.ts';
import type { Ready } from './preconditions.ts';

export interface Provided extends Copied {
  readonly image: HostedImage;
  /** The clone that is going to be migrated. */
  readonly clone: HostedClone;
  readonly facts: SourceFacts;
  /** All of the repo's, in order. */
  readonly migrations: readonly Migration[];
  /** Set where others use the clones' server too. */
  readonly shared: SharedServer | undefined;
}

/** Copies the source into an image, and starts the clone that will be migrated. */
export async function provision(context: Context, run: Run, { source, host, migrations }: Ready): Promise<PhaseReport<Provided>> {
  const { facts } = source;
  const make = async (wanted: Omit<ImageWanted, 'label'>) => {
    const image = await host.makeImage(context, { ...wanted, label: `image of ${facts.database}` });
    if (image.ok) run.removeAtEnd(() => image.value.remove(context));
    return image;
  };
  // A dump that was written by hand may hold anything.
  const made = await guardCluster(context, host.shared, { phase: 'provision', scripts: [] }, () =>
    imageOfSource(context, source, make, 'provision', host.shared),
  );
  if (!made.ok) return stop(made.failure);
  const { image, copied } = made.value;
  context.emit({ type: 'copied', report: copied.report });
  context.emit({ type: 'counted', moment: 'source', counts: copied.report.sourceCounts });
  const clone = await cloneForRun(context, run, image, `clone of ${facts.database}`, source, host.shared?.allowSourceServer);
  if (!clone.ok) return stop(clone.failure);
  // Nothing more is read from production: its session ends now, not with the run.
  await source[Symbol.asyncDispose]();
  const { rows, sourceCounts } = copied.report;
  return goOn(
    { ...copied, image, clone: clone.value, facts, migrations, shared: host.shared },
    'passed',
    `${rows.toLocaleString('en')} rows of ${sourceCounts.length} tables copied.`,
  );
}
