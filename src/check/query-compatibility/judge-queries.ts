import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { untried } from '../untried.ts';
import { queryCompatibility as about } from './about.ts';
import type { QueriesInput } from './queries-input.ts';
import { brokenQuery, changedQuery, misdirectedQuery, undecidedQuery } from './query-findings.ts';
import { type SortedQuery, sortQueries } from './sort-queries.ts';
import { untriedTriggers } from './untried-triggers.ts';

/** Findings of one kind; the report's table counts the rest. */
const told = 50;

/**
 * Judges whether queries that work where they belong work on the other schema too. Pure. Passes only where at least one was tried on both, nothing that was asked
 * for is missing, and a query was shown to fail when its table is renamed.
 */
export function judgeQueries(input: QueriesInput): CheckOutcome {
  const startedAt = performance.now();
  const { direction, ableToFail, missing, trouble, absent, policy, changedResult } = input;
  const gate = direction === 'old-on-new' ? about.check : `new-${about.check}`;
  const sorted = sortQueries(input.queries);
  const of = (...states: readonly SortedQuery['state'][]) => sorted.filter(({ state }) => states.includes(state));
  const usable = of('fine', 'broken', 'misdirected', 'undecided', 'changed');
  const findings: Finding[] = [
    ...of('broken')
      .slice(0, told)
      .map((one) => brokenQuery(one, direction, policy === 'fail' ? 'blocker' : 'warning')),
    ...of('misdirected')
      .slice(0, told)
      .map((one) => misdirectedQuery(one, direction, policy === 'fail' ? 'blocker' : 'warning')),
    ...of('undecided')
      .slice(0, told)
      .map((one) => undecidedQuery(one, direction)),
    // Another result on the older schema is what a release is there for: only the way forward is told.
    ...(direction === 'old-on-new'
      ? of('changed')
          .slice(0, told)
          .map((one) => changedQuery(one, changedResult === 'fail' ? 'blocker' : 'warning'))
      : []),
    ...missing.map((why) => doubt('source', 'pg_stat_statements', `Not all queries of the application are known: ${why}`, readCure)),
    ...(trouble === undefined ? [] : [{ ...doubt('clone', 'queries', '', ''), ...untried('The application’s queries could not be tried', trouble) }]),
    ...(trouble === undefined && usable.length > 0 && usable.every(asNobody)
      ? [
          doubt(
            'role',
            'queries',
            'The queries were tried as the clone’s superuser, whom no missing right and no policy stops: nobody says who runs them',
            roleCure,
          ),
        ]
      : []),
    ...(direction === 'old-on-new' ? untriedTriggers(input.queries) : []),
    ...input.unmatchedRules.map((rule) => unmatched(rule)),
  ];
  const nothing = input.queries.length === 0 && missing.length === 0 && trouble === undefined && input.absent !== undefined;
  const tried = trouble === undefined && usable.length > 0;
  if (!nothing && !tried && trouble === undefined && missing.length === 0) {
    const example = of('unusable')[0];
    const why = example === undefined ? '' : `, such as: ${example.why}`;
    findings.push(
      doubt('clone', 'queries', `None of ${showCount(input.queries.length, 'query').replace(/querys$/, 'queries')} could be tried${why}`, unusableCure),
    );
  }
  return conclude({
    gate,
    phase: about.phase,
    required: !nothing,
    notApplicable: nothing,
    couldFail: tried && ableToFail !== undefined,
    proof: nothing ? (absent ?? '') : proofOf(input, usable, of('unusable').length),
    summary: nothing
      ? `No query of the application is known: ${absent}.`
      : summaryOf(direction, usable.length, of('broken', 'misdirected').length, of('changed').length),
    findings,
    startedAt,
  });
}

const readCure =
  'Grant pg_read_all_stats to the role that production is read with, or set compatibility.queries.statements to "off" and name a folder or a log of queries instead.';
const roleCure = 'Set compatibility.role, or the role of these queries, to the role that the application logs in as.';
const unusableCure =
  'Set compatibility.queries.role, searchPath and settings to what the application’s sessions have; traffic on other databases or temporary tables can’t be tried.';

function summaryOf(direction: QueriesInput['direction'], usable: number, broken: number, changed: number): string {
  const where = direction === 'old-on-new' ? 'after migrating' : 'on the schema before migrating';
  if (usable === 0) return 'No query of the application could be tried.';
  const rest = changed === 0 || direction === 'new-on-old' ? '' : `; ${changed} of them ${changed === 1 ? 'gives' : 'give'} other columns`;
  const all = usable === 1 ? '1 query' : `${usable.toLocaleString('en-US')} queries`;
  return broken === 0
    ? `${all} of the application ${usable === 1 ? 'works' : 'work'} ${where}${rest}.`
    : `${broken} of ${all} of the application ${broken === 1 ? 'fails' : 'fail'} ${where}${rest}.`;
}

/** What the answer rests on, and what takes from it. */
function proofOf({ ableToFail, weakened }: QueriesInput, usable: readonly SortedQuery[], unusable: number): string {
  if (usable.length === 0) return 'no query could be tried on both schemas';
  const parsed = usable.filter(({ compared }) => compared.known.kind === 'parsed').length;
  const unprivileged = usable.filter(({ compared }) => compared.role === undefined).length;
  const fails =
    ableToFail === undefined
      ? 'with its table renamed in a rolled-back transaction, no query failed'
      : `with ${ableToFail.table} renamed in a rolled-back transaction, query ${ableToFail.queryId} failed with ${ableToFail.sqlstate}`;
  const less = [
    ...(unusable === 0 ? [] : [`${unusable} can’t be tried at all`]),
    ...(parsed === 0 ? [] : [`${parsed} can’t be planned, so that rights to run them are not known`]),
    ...(unprivileged === 0 ? [] : [`${unprivileged} were tried as superuser, so that rights to run them are not known`]),
    ...weakened,
  ];
  const each = usable.length === 1 ? '1 query was' : `${usable.length.toLocaleString('en-US')} queries were`;
  return `${each} prepared and planned on both schemas; ${fails}${less.length === 0 ? '' : `. What it doesn’t show: ${less.join('; ')}`}`;
}

/** Tried as superuser, though not because it is one who runs it in production. */
function asNobody({ compared: { role, query } }: SortedQuery): boolean {
  return role === undefined && query.roles.length === 0;
}

function doubt(kind: string, name: string, title: string, cure: string): Finding {
  const object = { kind, name };
  return { id: findingId(about.check, object), check: about.check, phase: about.phase, severity: 'doubt', rootCause: 'compatibility', object, title, cure };
}

function unmatched(rule: string): Finding {
  const object = { kind: 'setting', name: `ignore ${rule}` };
  return {
    ...doubt(object.kind, object.name, `No query is ignored by ${rule}`, 'Remove the rule if the query is gone for good.'),
    severity: 'note',
  };
}
