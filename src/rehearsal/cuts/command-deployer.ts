import { failure, SqlError } from '../../core/failure.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { CutPlan } from '../../migrate/plan-cuts.ts';
import type { ProxyHooks, WireStatement } from '../../record/proxy/contract.ts';
import { startProxy } from '../../record/proxy/start-proxy.ts';
import type { Besides, SpareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import type { Deployer } from './deployer.ts';
import { endSession } from './end-session.ts';
import { type Effect, effectOf, placeOfText, planEffects } from './tool-effects.ts';

/** The team's own tool, which goes through a proxy: that knows where its statements end, and can end its session there. */
export function commandDeployer(context: Context, besides: Besides): Deployer {
  const { migrate } = besides.request.settings;
  if (migrate.tool !== 'command') throw new Error('SQL files are run by us');
  const name = migrate.command.join(' ');
  let effects: readonly Effect[] = [];
  const through = async (spare: SpareClone, hooks: Partial<ProxyHooks>, started?: (close: () => Promise<void>) => void) => {
    const proxy = await startProxy(context, { target: spare.migrator.address, hooks: { ...deaf, ...hooks } });
    if (!proxy.ok) return proxy.failure;
    await using open = proxy.value;
    started?.(() => open.close());
    return await spare.migrate(open.address);
  };
  return {
    async whole(spare) {
      const seen: Effect[] = [];
      const atReady: ProxyHooks['atReady'] = async ({ statements, state }) => {
        const effect = effectOf(statements, state);
        if (effect !== undefined) seen.push(effect);
      };
      const failed = await through(spare, { atReady });
      effects = seen;
      return failed;
    },
    plan: (): CutPlan => planEffects(effects, name, besides.provided.migrations),
    async untilCut(spare, point, onBegin) {
      await onBegin();
      let count = 0;
      let struck = false;
      let trouble: SqlError | undefined;
      let close: () => Promise<void> = async () => {};
      const cut = await withSession(context, spare.clone.admin, async (admin: Session) => {
        const atReady: ProxyHooks['atReady'] = async ({ statements, state, connection }) => {
          if (effectOf(statements, state) !== undefined) count += 1;
          if (struck || count !== point.statement) return;
          // A job that is killed doesn't come back: nobody gets in any more.
          void close();
          try {
            await endSession(admin, connection.pid);
            struck = true;
          } catch (error) {
            if (!(error instanceof SqlError)) throw error;
            trouble = error;
          }
        };
        return ok(await through(spare, { atReady }, (how) => (close = how)));
      });
      if (!cut.ok) return { kind: 'failed', failure: cut.failure };
      if (struck) return { kind: 'cut', done: new Set() };
      if (trouble !== undefined) return { kind: 'failed', failure: failure('check-failed', trouble.fields.message, { sql: trouble.fields }) };
      return {
        kind: 'failed',
        failure: cut.value ?? failure('check-failed', 'It sent fewer statements than the first time, and was over before it could be cut.'),
      };
    },
    async again(spare) {
      let last: WireStatement | undefined;
      let count = 0;
      const failed = await through(spare, {
        onStatement: (statement) => {
          count += 1;
          if (statement.error !== undefined) last = statement;
        },
      });
      if (failed === undefined) return {};
      return { failure: failed, ...(last === undefined ? {} : { failedAt: recordOf(last, count, name, besides) }) };
    },
    maySkip: false,
  };
}

/** Hooks that do nothing: nobody else listens. */
const deaf: ProxyHooks = {
  onOpen: () => {},
  onClose: () => {},
  onStart: () => {},
  onStatement: () => {},
  atReady: async () => {},
  isOurs: () => false,
};

function recordOf({ text, rows, startedAt, endedAt, error }: WireStatement, index: number, name: string, { provided }: Besides): StatementRecord {
  const place = placeOfText(text, provided.migrations) ?? { file: name };
  return { migration: name, index, place, text, rows, durationMs: endedAt - startedAt, ...(error === undefined ? {} : { error }) };
}
