import { untriedSmoke } from '../../check/smoke/untried-smoke.ts';
import type { Context } from '../../core/ports.ts';
import { rehearsePooling } from '../pooling/rehearse-pooling.ts';
import { rehearseQueries } from '../queries/rehearse-queries.ts';
import { goOn, type PhaseReport, report } from '../run.ts';
import { summaryOf, type Today } from '../smoke/smoke-before.ts';
import { smokeOldOnNew } from '../smoke/smoke-old-on-new.ts';
import { type Smoking, smokeOnClone } from '../smoke/smoke-on-clone.ts';
import type { Migrated } from './migrate.ts';

/** Does the application still work: today’s on the migrated schema, and the new one? */
export async function compatibility(context: Context, smoking: Smoking, migrated: Migrated, today: Today): Promise<PhaseReport<void>> {
  // Queries come first: they change nothing, and applications do.
  const queries = await rehearseQueries(context, smoking, migrated);
  const pooled = await rehearsePooling(context, smoking, migrated);
  const told = [queries, pooled, await smokeOldOnNew(context, smoking, today, migrated.noTransaction), await smokeNew(context, smoking, migrated, today)];
  const summary = told.filter((sentence) => sentence !== undefined).join(' ');
  return goOn(undefined, smoking.run.outcomeOf('compatibility'), summary === '' ? 'No check of the application is configured.' : summary);
}

/** The project as it lies there, on the clone that was migrated. It comes last: what it writes there is seen by no other gate. */
async function smokeNew(context: Context, smoking: Smoking, { clone }: Migrated, today: Today): Promise<string | undefined> {
  const { settings, folder } = smoking.request;
  const { application, smoke } = settings.compatibility;
  if ((application === undefined && smoke.length === 0) || context.signal.aborted) return undefined;
  const smoked = await smokeOnClone(context, smoking, { moment: 'new', clone, folder, application, failedBefore: today.failed });
  if (smoked.ok) return summaryOf('The application', smoked.value);
  if (context.signal.aborted) return undefined;
  report(context, untriedSmoke('smoke', 'compatibility', smoked.failure));
  return `The application could not be tried: ${smoked.failure.message}`;
}
