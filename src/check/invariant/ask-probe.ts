import type { SqlErrorFields } from '../../core/failure.ts';
import type { Finding } from '../../core/finding.ts';
import type { Session } from '../../core/ports.ts';
import { type Seen, showSeen } from './expectation.ts';
import type { Probe } from './probe.ts';
import { type Tried, tryCheck } from './try-check.ts';

/** What was broken in a transaction that is rolled back, and what was seen then. */
export interface Proof {
  readonly what: string;
  readonly seen: string;
  readonly expected: string;
}

/** What came out of a probe. */
export type Answer =
  | { readonly kind: 'holds'; readonly proof: Proof }
  /** `bypass`: why row level security had no say, where that is so. */
  | { readonly kind: 'violated'; readonly seen: Seen; readonly bypass: string | undefined }
  | { readonly kind: 'doubt'; readonly reason: string; readonly cure: string; readonly sql?: SqlErrorFields; readonly because?: Finding['because'] };

/** Asks a probe, and where it holds, breaks something to see its answer turn. Leaves nothing changed. Throws SqlError where the session itself fails. */
export async function askProbe(session: Session, probe: Probe): Promise<Answer> {
  const tried = await tryCheck(session, probe.check);
  if (tried.kind === 'not-run') return notRun(probe, tried);
  const { seen } = tried;
  const judgement = probe.judge(seen);
  if (judgement === 'cannot-tell') return cannotTell(seen);
  if (probe.control === true)
    return judgement === 'holds' ? { kind: 'holds', proof: { what: 'nothing', seen: probe.show(seen), expected: probe.expected } } : notEvenThat(probe, seen);
  const bypass = await probe.bypass?.(session);
  if (judgement === 'violated') return { kind: 'violated', seen, bypass };
  if (bypass !== undefined) return { kind: 'doubt', reason: `it holds, but ${bypass}`, cure: 'Run it as the role that the application uses in production.' };
  return provenAbleToFail(session, probe, seen);
}

/** The vacuity guard: what holds counts only when it is seen not to hold once something is broken. */
async function provenAbleToFail(session: Session, probe: Probe, seen: Seen): Promise<Answer> {
  const tried: string[] = [];
  for (const { what, statements, sql } of await probe.breakings(session, seen)) {
    const broken = await tryCheck(session, sql === undefined ? probe.check : { ...probe.check, sql }, statements);
    if (broken.kind === 'seen' && probe.judge(broken.seen) === 'violated') {
      return { kind: 'holds', proof: { what, seen: probe.show(broken.seen), expected: probe.expected } };
    }
    tried.push(broken.kind === 'seen' ? `${what}: ${probe.show(broken.seen)}` : `${what}: failed with ${broken.sql.sqlstate} (${broken.sql.message})`);
  }
  const reason =
    tried.length === 0
      ? 'it holds, and nothing could be broken to show that it can fail'
      : `it holds, but was not seen to fail when it should (${tried.join('; ')})`;
  return { kind: 'doubt', reason, cure: probe.proofCure ?? 'Ask it as SQL of your own, with breakWith: a check that can’t fail proves nothing.' };
}

function notRun({ check: { role } }: Probe, { what, sql }: Extract<Tried, { kind: 'not-run' }>): Answer {
  switch (what) {
    case 'role':
      return { kind: 'doubt', reason: `it could not become ${role}: ${sql.message}`, cure: 'Correct the role’s name, or create the role in production.', sql };
    case 'settings':
      return { kind: 'doubt', reason: `its settings could not be made: ${sql.message}`, cure: 'Correct the invariant’s settings.', sql };
    default:
      return { kind: 'doubt', reason: `it could not be prepared: ${sql.message}`, cure: 'Ask it as SQL of your own, with breakWith.', sql };
  }
}

function notEvenThat(probe: Probe, seen: Seen): Answer {
  const reason = `what must work doesn’t: ${probe.show(seen)} instead of ${probe.expected}, so that the others may hold only because everything fails`;
  return { kind: 'doubt', reason, cure: 'Correct the invariant, or what refuses this.', ...(seen.kind === 'error' ? { sql: seen.sql } : {}) };
}

function cannotTell(seen: Seen): Answer {
  if (seen.kind !== 'error')
    return {
      kind: 'doubt',
      reason: `its SQL gave ${showSeen(seen)}${seen.kind === 'rows' ? ' and no number of rows' : ''}, which its expectation can’t be held against`,
      cure: 'Let the last statement return what is expected.',
    };
  const { sqlstate, message } = seen.sql;
  return {
    kind: 'doubt',
    reason: `its own SQL failed: ${message} (SQLSTATE ${sqlstate})`,
    cure: 'Correct the invariant’s SQL; names are those after migrating.',
    sql: seen.sql,
  };
}
