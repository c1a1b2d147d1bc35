import type { Context } from '../../core/ports.ts';
import { planCuts } from '../../migrate/plan-cuts.ts';
import type { Besides } from '../spare-clone.ts';
import type { Deployer } from './deployer.ts';
import { runAgain } from './run-again.ts';
import { runUntilCut } from './run-until-cut.ts';

/** SQL files, which we run ourselves. */
export function sqlDeployer(context: Context, besides: Besides): Deployer {
  const { migrate } = besides.request.settings;
  if (migrate.tool === 'command') throw new Error('a command is not SQL files');
  const plan = planCuts(besides.line.pending, migrate, besides.noTransaction);
  return {
    whole: (spare) => spare.migrate(spare.migrator.address),
    plan: () => plan,
    untilCut: (spare, point, onBegin) => runUntilCut(context, spare, besides, point, onBegin),
    again: (spare, done, skipped) => runAgain(context, spare, besides, done, skipped),
    maySkip: true,
  };
}
