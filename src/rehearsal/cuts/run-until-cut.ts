import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { CutPoint } from '../../core/interruption.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok } from '../../core/result.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import type { Besides, SpareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import { type Cutter, cuttableSession } from './cuttable-session.ts';
import { endSession } from './end-session.ts';
import { holdUp } from './hold-up.ts';

/** How far a deploy came before it was cut. */
export interface CutDeploy {
  readonly kind: 'cut';
  /** Revisions that were done by then. */
  readonly done: ReadonlySet<string>;
}

/** It was never cut: the statement has no middle here, or something went wrong. */
export type NotCut = { readonly kind: 'no-middle' } | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Runs what is pending as a deploy would, and ends its session on the server at a point.
 *
 * @param onBegin called when the migration that is going to be cut is about to begin
 */
export async function runUntilCut(
  context: Context,
  spare: SpareClone,
  besides: Besides,
  point: CutPoint,
  onBegin: () => Promise<void>,
): Promise<CutDeploy | NotCut> {
  const { migrate } = besides.request.settings;
  if (migrate.tool === 'command') throw new Error('a command’s statements are its own');
  const migration = besides.line.pending.find(({ revision }) => revision === point.migration);
  const text = migration === undefined ? undefined : splitMigration(migration).statements[point.statement - 1]?.text;
  if (text === undefined) throw new Error(`there is no ${point.id}`);
  const done = new Set<string>();
  let at = { migration: besides.line.pending[0]?.revision, statement: 0 };
  let due = false;
  let struck = false;
  let begun = false;
  let hasMiddle = true;
  const cut = await withSession(context, spare.clone.admin, async (admin) => {
    const strike = async (session: Session) => {
      await endSession(admin, session.backendPid);
      struck = true;
    };
    const cutter: Cutter = {
      async before(session) {
        if (!begun && at.migration === point.migration && at.statement === 0) {
          begun = true;
          await onBegin();
        }
        if (due && !struck) await strike(session);
      },
      async during(session, sent, run) {
        const isNext = point.kind === 'in-statement' && at.migration === point.migration && at.statement === point.statement - 1 && sent === text;
        if (!isNext || struck) return await run();
        await using held = await holdUp(context, spare.clone.admin, sent);
        hasMiddle = held.holds;
        let over = false;
        const running = run().finally(() => {
          over = true;
        });
        // It is waited for below; until then a lost connection is nobody's business.
        running.catch(() => undefined);
        if (await held.until(admin, session.backendPid, () => over)) await strike(session);
        return await running;
      },
    };
    const { postgres } = context.edge;
    const connect: typeof postgres.connect = async (address, options) => {
      const connected = await postgres.connect(address, options);
      return connected.ok ? ok(cuttableSession(connected.value, cutter)) : connected;
    };
    const applied = await applyMigrations(
      { ...context, edge: { ...context.edge, postgres: { ...postgres, connect } } },
      {
        address: spare.migrator.address,
        pending: besides.line.pending,
        settings: migrate,
        noTransaction: besides.noTransaction,
        emit: (event) => {
          if (event.type === 'statement' && event.statement.error === undefined) {
            at = { migration: event.statement.migration, statement: event.statement.index };
            const here = at.migration === point.migration && at.statement === point.statement;
            if (here && point.kind !== 'in-statement' && point.kind !== 'between-migrations') due = true;
          }
          if (event.type === 'migration-finished' && event.outcome.error === undefined && event.outcome.leftBehind === undefined) {
            done.add(event.outcome.migration);
            const next = besides.line.pending[besides.line.pending.findIndex(({ revision }) => revision === event.outcome.migration) + 1];
            at = { migration: next?.revision, statement: 0 };
            if (event.outcome.migration === point.migration && point.kind === 'between-migrations') due = true;
          }
        },
      },
    );
    return ok(applied);
  }).catch((error: unknown) => {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  });
  if (!cut.ok) return { kind: 'failed', failure: cut.failure };
  if (struck) return { kind: 'cut', done };
  const { value: applied } = cut;
  if (!applied.ok) return { kind: 'failed', failure: applied.failure };
  if (applied.value.kind !== 'applied') {
    return { kind: 'failed', failure: failure('check-failed', `${applied.value.migration} can’t run inside a transaction here, though it could before.`) };
  }
  return hasMiddle ? { kind: 'failed', failure: failure('check-failed', 'It was over before it could be cut.') } : { kind: 'no-middle' };
}
