import { compareTrials } from '../../check/query-compatibility/compare-trials.ts';
import type { ComparedQuery } from '../../check/query-compatibility/queries-input.ts';
import type { Context } from '../../core/ports.ts';
import type { QueryTrial } from '../../core/queries.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type QuerySide, tryQueries } from '../../queries/try-queries.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import type { Besides, SpareClone } from '../spare-clone.ts';

/**
 * Finds out which migration broke each query: applies them one by one to the spare clone, and tries what works so far after each. The queries, with the blame on those
 * that are broken. That a migration can't be run here says nothing of the deploy: then the blame says so.
 */
export async function blameMigrations(
  context: Context,
  { request, provided, line }: Besides,
  spare: SpareClone,
  side: QuerySide,
  compared: readonly ComparedQuery[],
): Promise<Result<readonly ComparedQuery[]>> {
  const broken = compared.filter(isBroken);
  if (broken.length === 0) return ok(compared);
  const blames = new Map<string, NonNullable<ComparedQuery['blame']>>();
  const [first, ...more] = line.pending;
  if (first !== undefined && more.length === 0) for (const { query } of broken) blames.set(query.id, { migration: first.revision, file: first.file });
  else if (request.settings.migrate.tool === 'command')
    for (const { query } of broken) blames.set(query.id, { unknown: 'the migration command runs all of them at once' });
  else {
    context.emit({
      type: 'step',
      phase: 'compatibility',
      text: `Finding which migration broke ${broken.length === 1 ? 'a query' : `${broken.length} queries`}`,
    });
    const stepped = await guardCluster(context, provided.shared, { phase: 'compatibility', scripts: scriptsOf(line.pending) }, () =>
      step(context, line.pending, spare, side, broken, blames),
    );
    if (!stepped.ok && context.signal.aborted) return stepped;
    const unknown = stepped.ok ? 'it still works on a clone that was migrated step by step' : stepped.failure.message;
    for (const { query } of broken) if (!blames.has(query.id)) blames.set(query.id, { unknown });
  }
  return ok(
    compared.map((one) => {
      const blame = blames.get(one.query.id);
      return blame === undefined ? one : { ...one, blame };
    }),
  );
}

async function step(
  context: Context,
  pending: Besides['line']['pending'],
  spare: SpareClone,
  side: QuerySide,
  broken: readonly ComparedQuery[],
  blames: Map<string, NonNullable<ComparedQuery['blame']>>,
): Promise<Result<void>> {
  for (const { revision, file } of pending) {
    const open = broken.filter(({ query }) => !blames.has(query.id));
    if (open.length === 0) break;
    const failed = await spare.migrate(spare.migrator.address, revision);
    if (failed !== undefined) return fail(failed);
    const tried = await tryQueries(
      context,
      side,
      open.map(({ query, known, role }) => ({ query, like: { trial: known, ...(role === undefined ? {} : { role }) } })),
    );
    if (!tried.ok) return tried;
    for (const { query, known } of open) {
      const now = tried.value.get(query.id)?.trial;
      if (known.kind !== 'failed' && now !== undefined && isWrong(known, now)) blames.set(query.id, { migration: revision, file });
    }
  }
  return ok();
}

function isBroken({ known, other, ignored }: ComparedQuery): boolean {
  return ignored === undefined && known.kind !== 'failed' && other !== undefined && isWrong(known, other);
}

function isWrong(known: Parameters<typeof compareTrials>[0], other: QueryTrial): boolean {
  return ['broken', 'misdirected'].includes(compareTrials(known, other).kind);
}
