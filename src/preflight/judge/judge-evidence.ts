import type { PreflightFinding } from '../../core/preflight.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { go, noGo, rehearseAgain, unknown } from '../finding.ts';

/** What is known of the rehearsal's record. */
export interface EvidenceState {
  readonly summary: RunSummary;
  /** What is wrong with the record; empty when it is whole and unaltered. */
  readonly problems: readonly string[];
  /** SHA-256 of the manifest; absent where there is none. */
  readonly rootSha256?: string;
}

/** Is the record sealed and unaltered, and its verdict on the deploy PASS? Pure. @param expectedRoot the root hash that somebody wrote down elsewhere */
export function judgeEvidence({ summary, problems, rootSha256 }: EvidenceState, expectedRoot: string | undefined): PreflightFinding {
  const check = 'evidence';
  const cure = 'Rehearse again (`pgrehearse run`).';
  const [first] = problems;
  if (first !== undefined || rootSha256 === undefined) {
    const why = first ?? 'It is not sealed.';
    return noGo(check, `The rehearsal’s record can’t be trusted. ${why}`, { reasons: problems, cure });
  }
  if (expectedRoot !== undefined && expectedRoot !== rootSha256) {
    return noGo(check, `The record’s root hash is ${rootSha256}, not the one that was given.`, { cure: 'Name the run that was approved with --run.' });
  }
  if (summary.header?.scope === 'preflight')
    return noGo(check, 'That run is a preflight, and rehearsed nothing.', { cure: 'Name a rehearsal with --run; `pgrehearse runs` lists them.' });
  if (summary.header?.scope === 'sync') return noGo(check, 'The run brought data to staging, and rehearsed nothing.', { cure });
  if (summary.header?.scope !== undefined) return noGo(check, 'The run judged the way back only, and not the deploy.', { cure });
  const { verdict } = summary;
  if (verdict === undefined) return noGo(check, 'The rehearsal ended without a verdict.', { cure });
  if (verdict.kind !== 'PASS') return noGo(check, `The rehearsal’s verdict is ${verdict.kind} (${verdict.rootCause}).`, { reasons: [verdict.summary], cure });
  return go(check, `The record is whole and unaltered, and its verdict is PASS.`);
}

/** Is the rehearsal young enough? Where it began from a dump or an image, as old as that is: what production became since was not rehearsed. Pure. */
export function judgeAge({ source, copy, startedAt }: RunSummary, now: Date, maxHours: number): PreflightFinding {
  const check = 'evidence-age';
  const cure = 'Rehearse again (`pgrehearse run`), or raise preflight.maxEvidenceHours.';
  const seen = source?.kind === 'dump' || copy?.fromImage !== undefined ? source?.dataAsOf : startedAt;
  if (seen === undefined || Number.isNaN(Date.parse(seen))) return unknown(check, 'How old the rehearsal is isn’t known.', { cure });
  const hours = (now.getTime() - Date.parse(seen)) / 3_600_000;
  const from = copy?.fromImage === undefined ? '' : ' (from an image that was made earlier)';
  if (hours < -0.1) return noGo(check, `The rehearsal is of ${seen}, which is yet to come: a clock is wrong.`, { cure: 'Correct this machine’s clock.' });
  if (hours > maxHours) return noGo(check, `What was rehearsed is of ${seen}${from}: ${showHours(hours)} old, and ${maxHours} h are allowed.`, { cure });
  return go(check, `What was rehearsed is ${showHours(hours)} old${from}; ${maxHours} h are allowed.`);
}

function showHours(hours: number): string {
  return hours < 1 ? `${Math.max(0, Math.round(hours * 60))} min` : `${Math.round(hours)} h`;
}

/** Was it rehearsed with today's configuration? What only preflight itself reads doesn't count. Pure. */
export function judgeConfiguration(then: string | undefined, now: string): PreflightFinding {
  if (then === undefined) return unknown('configuration', 'With what configuration it was rehearsed isn’t known.');
  if (then === now) return go('configuration', 'The configuration is the one that was rehearsed.');
  return noGo('configuration', 'The configuration was changed after the rehearsal.', { cure: rehearseAgain.replace(', or undo the change in production', '') });
}

interface Commit {
  readonly commit: string;
  readonly dirty: boolean;
  readonly tree?: string;
}

/** Was this very commit rehearsed, or one of the same files, as a merge makes? Pure. */
export function judgeCommit(then: Commit | undefined, now: Commit | undefined): PreflightFinding {
  if (then === undefined || now === undefined) return unknown('commit', 'Of which commit the project is, or was, isn’t known.');
  const cure = 'Check out the commit that was rehearsed, or rehearse this one.';
  const sameFiles = then.tree !== undefined && then.tree === now.tree;
  if (then.commit !== now.commit && !sameFiles)
    return noGo('commit', `This is commit ${now.commit.slice(0, 12)}; ${then.commit.slice(0, 12)} was rehearsed.`, { cure });
  if (then.dirty || now.dirty)
    return noGo('commit', `There ${now.dirty ? 'are' : 'were'} changes that aren’t committed.`, { cure: 'Commit them, and rehearse again.' });
  if (then.commit === now.commit) return go('commit', `Commit ${now.commit.slice(0, 12)} was rehearsed.`);
  return go('commit', `Commit ${now.commit.slice(0, 12)} holds the same files as ${then.commit.slice(0, 12)}, which was rehearsed.`);
}
