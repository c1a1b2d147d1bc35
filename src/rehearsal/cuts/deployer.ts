import type { Failure } from '../../core/failure.ts';
import type { CutPoint } from '../../core/interruption.ts';
import type { CutPlan } from '../../migrate/plan-cuts.ts';
import type { SpareClone } from '../spare-clone.ts';
import type { RunAgain, StatementAt } from './run-again.ts';
import type { CutDeploy, NotCut } from './run-until-cut.ts';

/** The ways in which pending migrations are run on clones of their own: by us, or by the team's tool. */
export interface Deployer {
  /** Runs all of it. The failure, where there is one. */
  whole(spare: SpareClone): Promise<Failure | undefined>;
  /** Where it can be cut off. What a tool sends is known once it has run as a whole. */
  plan(): CutPlan;
  /**
   * Runs it up to a point, and ends its session on the server there.
   *
   * @param onBegin called when the migration that is going to be cut is about to begin
   */
  untilCut(spare: SpareClone, point: CutPoint, onBegin: () => Promise<void>): Promise<CutDeploy | NotCut>;
  /**
   * Runs it again, as the deploy job would.
   *
   * @param done revisions that were done before the cut
   * @param skipped statements that are left out
   */
  again(spare: SpareClone, done: ReadonlySet<string>, skipped: readonly StatementAt[]): Promise<RunAgain>;
  /** Whether statements can be left out: a tool's own can't. */
  readonly maySkip: boolean;
}
