import type { Invariant } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { invariantCheck } from './about.ts';
import type { Answer } from './ask-probe.ts';
import type { ColumnsRead } from './columns-read.ts';
import type { Check, Doubt, Plan, Probe } from './probe.ts';

export interface Answered {
  readonly probe: Probe;
  readonly answer: Answer;
  /** A doubt that others of its group make up for. */
  readonly spared?: boolean;
}

/** An invariant's plan, carried out. */
export interface Asked extends Pick<Plan, 'remarks' | 'warnings'> {
  readonly answered: readonly Answered[];
  readonly doubts: readonly (Doubt & { readonly sql?: SqlErrorFields })[];
  readonly reads?: ColumnsRead | undefined;
}

/** So many ways of breaking are told one by one. */
const shownProofs = 6;

/** The gate of an invariant, and a finding for each of its questions that was answered otherwise or not at all. */
export function writeUp(invariant: Invariant, asked: Asked, startedAt: number): CheckOutcome {
  const { name, required, about } = invariant;
  const object = { kind: 'invariant', name };
  const common = { check: invariantCheck.check, phase: invariantCheck.phase, rootCause: 'invariant' as const, object };
  const findings = [
    ...asked.answered.flatMap((one): Finding[] => findingOf(invariant, one)),
    ...asked.doubts.map(
      ({ key, reason, cure, sql }): Finding => ({
        ...common,
        id: findingId(invariantCheck.check, object, key),
        severity: 'doubt',
        title: `Invariant ${name} proves nothing: ${reason}`,
        ...(about === undefined ? {} : { detail: about }),
        ...(sql === undefined ? {} : { sql }),
        cure,
      }),
    ),
    ...asked.warnings.map((warning): Finding => ({ ...common, ...warning, id: findingId(invariantCheck.check, warning.object, name), severity: 'warning' })),
  ];
  const gate = { gate: `invariant:${name}`, phase: invariantCheck.phase, required, startedAt, findings };
  const violated = asked.answered.filter(({ answer }) => answer.kind === 'violated');
  if (violated.length > 0) {
    const summary = violated.map((one) => shortly(one)).join('; ');
    return conclude({ ...gate, couldFail: true, proof: 'it failed', summary: `${summary}.` });
  }
  const doubts = findings.filter(({ severity }) => severity === 'doubt').map(({ title }) => title.replace(/^.*? proves nothing: /s, ''));
  if (doubts.length > 0) return conclude({ ...gate, couldFail: false, proof: doubts.join('; '), summary: `Proves nothing: ${doubts.join('; ')}.` });
  const holding = asked.answered.filter(({ answer, probe }) => answer.kind === 'holds' && probe.control !== true);
  if (holding.length === 0)
    return conclude({ ...gate, couldFail: false, proof: 'nothing could be asked', summary: 'Proves nothing: there was nothing to ask.' });
  const summary = holding.length === 1 ? 'Holds.' : `Holds: ${showCount(holding.length, 'question')}, each seen to fail when broken.`;
  return conclude({ ...gate, couldFail: holding.length > 0, proof: proofOf(asked), summary });
}

/** How each question was seen to fail; those that were broken in the same way are told together. */
function proofOf({ answered, remarks }: Asked): string {
  const holding = answered.flatMap(({ answer, probe }) => (answer.kind === 'holds' ? [{ probe, ...answer.proof }] : []));
  const [only, ...others] = holding;
  const spared = answered.flatMap(({ answer, probe, spared: isSpared }) =>
    isSpared === true && answer.kind === 'doubt' ? [`not shown: ${probe.subject ?? ''}: ${answer.reason}`] : [],
  );
  if (only !== undefined && others.length === 0) {
    return [`${only.what} in a rolled-back transaction: ${only.seen} instead of ${only.expected}`, ...spared, ...remarks].join('; ');
  }
  const broken = holding.filter(({ probe }) => probe.control !== true);
  const groups = [...Map.groupBy(broken, ({ what }) => what)].map(([what, all]) => `${what}: ${listSeen(all)}`);
  const more = groups.length > shownProofs ? [`and ${groups.length - shownProofs} more in the same way`] : [];
  const control =
    broken.length === holding.length
      ? []
      : [
          `what must work did (${holding
            .filter(({ probe }) => probe.control === true)
            .map(labelOf)
            .join(', ')})`,
        ];
  return [`in rolled-back transactions, ${groups.slice(0, shownProofs).join('; ')}`, ...more, ...control, ...spared, ...remarks].join('; ');
}

function listSeen(all: readonly { readonly probe: Probe; readonly seen: string }[]): string {
  return [...Map.groupBy(all, ({ seen }) => seen)]
    .map(([seen, same]) => `${seen} (${same.length > 6 ? `${same.length} questions` : same.map(labelOf).join(', ')})`)
    .join(', ');
}

function labelOf({ probe: { label, subject } }: { readonly probe: Probe }): string {
  return label ?? subject ?? '';
}

function shortly({ probe, answer }: Answered): string {
  const seen = answer.kind === 'violated' ? `${probe.show(answer.seen)} instead of ${probe.expected}` : '';
  return probe.subject === undefined ? seen : `${probe.subject}: ${seen}`;
}

function findingOf(invariant: Invariant, { probe, answer, spared }: Answered): Finding[] {
  if (answer.kind === 'holds' || spared === true) return [];
  const { name, about } = invariant;
  const object = { kind: 'invariant', name };
  const detail = [about, probe.detail, answer.kind === 'violated' && answer.bypass !== undefined ? `${answer.bypass}.` : undefined]
    .filter((text) => text !== undefined)
    .join(' ');
  const common = {
    id: findingId(invariantCheck.check, object, probe.key),
    check: invariantCheck.check,
    phase: invariantCheck.phase,
    rootCause: 'invariant' as const,
    object,
    ...(detail === '' ? {} : { detail }),
    expected: probe.expected,
    showSql: probe.showSql ?? showSql(probe.check),
  };
  const of = probe.subject === undefined ? '' : `${probe.subject}: `;
  if (answer.kind === 'doubt') {
    const sql = answer.sql === undefined ? {} : { sql: answer.sql };
    return [{ ...common, severity: 'doubt', title: `Invariant ${name} proves nothing: ${of}${answer.reason}`, ...sql, cure: answer.cure }];
  }
  const actual = probe.show(answer.seen);
  const title = `Invariant ${name} is violated: ${of}${actual} instead of ${probe.expected}`;
  const sql = answer.seen.kind === 'error' ? { sql: answer.seen.sql } : {};
  return [{ ...common, severity: 'blocker', title, actual, ...sql, cure: probe.cure ?? invariantCheck.cure }];
}

/** The check as it can be pasted into psql, in a transaction that leaves nothing behind. */
function showSql({ sql, role, settings, prepare = [] }: Check): string {
  const set = Object.entries(settings).map(([name, value]) => `select set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true);`);
  const become = role === undefined ? [] : [`set local role ${quoteIdentifier(role)};`];
  const statements = [...prepare.map((statement) => `${statement};`), ...set, ...become, `${sql.trim().replace(/;$/, '')};`];
  return ['begin;', ...statements, 'rollback;'].join('\n');
}
