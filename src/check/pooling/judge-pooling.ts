import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { LeftBehind, SharedConnection } from '../../core/pooling.ts';
import { unreachable } from '../../core/result.ts';
import type { RootCause } from '../../core/root-cause.ts';
import { conclude } from '../conclude.ts';
import { poolingCheck as about } from './about.ts';

/** One client’s transaction, and what the next one met. */
export interface PooledSession {
  readonly name: string;
  readonly about?: string | undefined;
  readonly required: boolean;
  readonly role: string;
  readonly statements: readonly string[];
  readonly startedAt: number;
  readonly shared: SharedConnection;
}

/** The gate of what an application says when it takes a connection. */
export function judgePooledSession(session: PooledSession): CheckOutcome {
  const { name, required, startedAt, shared } = session;
  const object = { kind: 'session', name };
  const gate = { gate: `pooling:session:${name}`, phase: about.phase, required, startedAt };
  if (shared.kind === 'doubt') {
    const findings = [doubt(object, `Session ${name} proves nothing behind a pooler: ${shared.reason}`, shared.cure, shared.sql)];
    return conclude({ ...gate, findings, couldFail: false, proof: shared.reason, summary: `Proves nothing: ${shared.reason}.` });
  }
  const findings = leftFindings(object, `Session ${name}`, session);
  if (findings.length > 0) {
    const summary = `Leaves to the next client: ${shared.left.map(showLeft).join(', ')}.`;
    return conclude({ ...gate, findings, couldFail: true, proof: 'it failed', summary });
  }
  return conclude({ ...gate, findings, couldFail: shared.seenToLeave.length > 0, proof: proofOf(shared), summary: 'Leaves nothing to the next client.' });
}

/** The invariant’s gate as it was asked through the pooler, with what its SQL left when it was committed. */
export function judgePooledInvariant(name: string, asked: CheckOutcome, session: PooledSession | undefined): CheckOutcome {
  const object = { kind: 'invariant', name };
  const findings = [
    ...asked.findings.map(
      (finding): Finding => ({
        ...finding,
        id: finding.id.replace(/^invariant:/, 'pooling:'),
        check: about.check,
        phase: about.phase,
        title: finding.title.replace(/^Invariant (\S+)/, 'Behind a pooler, invariant $1'),
        // Its SQL works on a connection of its own: where it fails here, nothing else is different but the pooler.
        ...(failsHere(finding) ? { severity: 'blocker' as const, title: brokenTitle(finding) } : {}),
        ...(finding.severity === 'blocker' || failsHere(finding) ? { cure: `It holds on a connection of its own. ${about.cure}` } : {}),
      }),
    ),
    ...(session?.shared.kind === 'tried' ? leftFindings(object, `Invariant ${name}`, session) : []),
  ];
  const { gate } = asked;
  const left = session?.shared.kind === 'tried' ? session.shared.left : [];
  const failed = findings.some(({ severity }) => severity === 'blocker');
  const committed =
    session === undefined
      ? ''
      : session.shared.kind === 'doubt'
        ? `; not tried with a commit: ${session.shared.reason}`
        : session.shared.left.length === 0
          ? `; committed in a transaction that only reads, it leaves nothing: ${proofOf(session.shared)}`
          : '';
  return conclude({
    ...{ gate: `pooling:${gate.gate}`, phase: about.phase, required: gate.required, startedAt: performance.now() - gate.durationMs, findings },
    ...{ couldFail: gate.couldFail || failed, proof: `${gate.proof}${committed}` },
    summary: left.length > 0 ? `Leaves to the next client: ${left.map(showLeft).join(', ')}.` : `${gate.summary.replace(/\.$/, '')} behind a pooler.`,
  });
}

/** Errors of the connection, of resources or of a time limit are nobody’s answer. */
function failsHere({ severity, sql }: Finding): boolean {
  return severity === 'doubt' && sql !== undefined && !/^(08|25|2D|53|55|57|58|XX)/.test(sql.sqlstate);
}

function brokenTitle({ title }: Finding): string {
  return title.replace(/^Invariant (\S+) proves nothing/, 'Behind a pooler, invariant $1 doesn’t hold');
}

/** Nothing could be tried although it was asked for. */
export function untriedPooling(reason: string, cure: string, rootCause: RootCause = 'compatibility'): CheckOutcome {
  const findings = [{ ...doubt({ kind: 'pooler', name: 'pgbouncer' }, `Nothing was tried behind a pooler: ${reason}`, cure), rootCause }];
  return conclude({
    ...{ gate: 'pooling', phase: about.phase, required: true, startedAt: performance.now(), findings, couldFail: false },
    ...{ proof: 'nothing was tried', summary: `Nothing was tried: ${reason}` },
  });
}

function doubt(object: Finding['object'], title: string, cure: string, sql?: SqlErrorFields): Finding {
  const id = findingId(about.check, object);
  return {
    id,
    check: about.check,
    phase: about.phase,
    severity: 'doubt',
    rootCause: 'compatibility',
    object,
    title,
    cure,
    ...(sql === undefined ? {} : { sql }),
  };
}

function leftFindings(object: Finding['object'], subject: string, { shared, statements, about: why, role }: PooledSession): readonly Finding[] {
  if (shared.kind === 'doubt') return [];
  return shared.left.map((left) => ({
    ...{ id: findingId(about.check, object, `${left.kind}:${left.name}`), check: about.check, phase: about.phase, severity: 'blocker', object },
    // A context that another tenant’s request goes on with is more than an inconvenience.
    rootCause: left.kind === 'setting' || left.kind === 'role' ? 'invariant' : 'compatibility',
    title: `${subject} leaves ${showLeft(left)} to the next client behind a pooler`,
    detail: [why, `One client committed it as ${role}; another one, on the same connection of the server, met it. PgBouncer ran in transaction mode.`]
      .filter((text) => text !== undefined)
      .join(' '),
    ...('value' in left ? { expected: 'as before', actual: shorten(left.value ?? '') } : {}),
    showSql: ['begin;', ...statements.map((statement) => `${statement};`), 'commit;', '-- and on the same connection:', showing(left)].join('\n'),
    cure: cureOf(left),
  }));
}

function proofOf(shared: Extract<SharedConnection, { kind: 'tried' }>): string {
  const not = shared.notSeen.length === 0 ? '' : `; not shown: ${shared.notSeen.join(', ')}`;
  return `the next client, on the same connection of the server, did meet what was left by ${shared.seenToLeave.join(', ')}${not}`;
}

function showLeft({ kind, name, value }: LeftBehind): string {
  switch (kind) {
    case 'setting':
      return `${name} (${shorten(value ?? '')})`;
    case 'role':
      return `the role ${name}`;
    case 'prepared-statement':
      return `the prepared statement ${name}`;
    case 'advisory-lock':
      return `the advisory lock ${name}`;
    case 'listening':
      return `LISTEN ${name}`;
    case 'temporary-table':
      return `the temporary table ${name}`;
    case 'cursor':
      return `the cursor ${name}`;
    default:
      return unreachable(kind);
  }
}

function cureOf({ kind, name }: LeftBehind): string {
  switch (kind) {
    case 'setting':
      return `Use SET LOCAL, or set_config('${name}', …, true), inside of the transaction.`;
    case 'role':
      return 'Use SET LOCAL ROLE inside of the transaction.';
    case 'advisory-lock':
      return 'Use pg_advisory_xact_lock().';
    case 'temporary-table':
      return 'Make it with ON COMMIT DROP.';
    case 'cursor':
      return 'Declare it without HOLD.';
    case 'prepared-statement':
      return 'Leave PREPARE to the driver, with a pooler that tracks its statements.';
    case 'listening':
      return 'LISTEN on a connection that doesn’t go through the pooler.';
    default:
      return unreachable(kind);
  }
}

function showing({ kind, name }: LeftBehind): string {
  switch (kind) {
    case 'setting':
      return `select current_setting('${name.replaceAll("'", "''")}', true);`;
    case 'role':
      return 'select current_user;';
    case 'prepared-statement':
      return 'select name from pg_prepared_statements;';
    case 'advisory-lock':
      return "select classid, objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid();";
    case 'listening':
      return 'select pg_listening_channels();';
    case 'temporary-table':
      return 'select relname from pg_class where relnamespace = pg_my_temp_schema();';
    case 'cursor':
      return 'select name from pg_cursors;';
    default:
      return unreachable(kind);
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
