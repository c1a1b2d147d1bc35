import type { Copied } from '../../copy/copy-database.ts';
import type { HostedClone, HostedImage } from '../../core/clone-host.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { cloneForRun } from '../clone-for-run.ts';
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
}

/** Copies the source into an image, and starts the clone that will be migrated. */
export async function provision(context: Context, run: Run, { source, host, migrations }: Ready): Promise<PhaseReport<Provided>> {
  const { facts } = source;
  const made = await imageOfSource(context, source, (wanted) => host.makeImage(context, { ...wanted, label: `image of ${facts.database}` }), 'provision');
  if (!made.ok) return stop(made.failure);
  const { image, copied } = made.value;
  run.removeAtEnd(() => image.remove(context));
  context.emit({ type: 'copied', report: copied.report });
  context.emit({ type: 'counted', moment: 'source', counts: copied.report.sourceCounts });
  const clone = await cloneForRun(context, run, image, `clone of ${facts.database}`, source);
  if (!clone.ok) return stop(clone.failure);
  // Nothing more is read from production: its session ends now, not with the run.
  await source[Symbol.asyncDispose]();
  const { rows, sourceCounts } = copied.report;
  return goOn(
    { ...copied, image, clone: clone.value, facts, migrations },
    'passed',
    `${rows.toLocaleString('en')} rows of ${sourceCounts.length} tables copied.`,
  );
}
