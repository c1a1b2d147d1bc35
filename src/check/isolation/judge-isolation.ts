import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { ForeignSession, IsolationReport } from '../../core/isolation.ts';
import type { Phase } from '../../core/phase.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { isolation as about } from './about.ts';

export interface IsolationInput {
  readonly report: IsolationReport;
  /** The phase in which it is told. */
  readonly phase: Phase;
  /** Who attests that nobody else gets in; absent: nobody, and the gate only tells. */
  readonly attestedBy: string | undefined;
  /** Set where that attestation can't be read. */
  readonly trouble?: string | undefined;
  /** As performance.now() said when the clone began to be watched. */
  readonly startedAt: number;
}

/**
 * Judges whether the clone was this run's alone. A pure function. Somebody else's session is a doubt: it proves nothing of the deploy, but what was measured
 * beside it proves nothing either. Where nobody attests isolation, that is a warning.
 */
export function judgeIsolation({ report, phase, attestedBy, trouble, startedAt }: IsolationInput): CheckOutcome {
  const required = attestedBy !== undefined || trouble !== undefined;
  const { ours, ofPrograms = 0, ofCloud = [], counted, looks, foreign, excess, proven, gaps } = report;
  const findings = [...foundFindings(report, phase, required), ...(trouble === undefined ? [] : [unreadable(trouble, phase)])];
  const couldFail = proven && gaps.length === 0 && findings.length === 0;
  const [first] = findings;
  return conclude({
    ...{ gate: about.check, phase, required, couldFail, findings, startedAt },
    proof: [
      proven ? 'a session that was opened as a stranger’s was found' : 'no stranger’s session was seen to be found',
      counted === undefined
        ? `${showCount(looks, 'look')} at the server’s sessions, which may miss a short one`
        : `the server counted ${showCount(counted, 'session')}, ${ours} of them ours`,
      ...(ofPrograms === 0 ? [] : [`${showCount(ofPrograms, 'session')} came from the team’s programs by the way that they were given`]),
      ...(ofCloud.length === 0
        ? []
        : [
            `${showCount(ofCloud.length, 'session')} of ${[...new Set(ofCloud.map(({ user }) => user))].join(' and ')}, whom nobody but the cloud can be, belong to the server itself`,
          ]),
      ...gaps,
    ].join('; '),
    summary:
      first === undefined
        ? `${excess === 0 && foreign.length === 0 ? 'Nobody but this run was on the clone' : 'Somebody else was on the clone'}${attestedBy === undefined ? '' : `, as ${attestedBy} attests`}.`
        : `${first.title}.`,
  });
}

function foundFindings({ foreign, earlier, excess, database }: IsolationReport, phase: Phase, required: boolean): readonly Finding[] {
  if (foreign.length === 0 && earlier.length === 0 && excess <= 0) return [];
  const object = { kind: 'database', name: 'clone' };
  const who = [...earlier, ...foreign].map(sessionWords).join('; ');
  return [
    {
      ...{ id: findingId(about.check, object), check: about.check, phase, severity: required ? 'doubt' : 'warning', rootCause: 'environment', object },
      title: `Somebody else was on the clone: ${who === '' ? `${showCount(excess, 'session')} more than this run opened` : who}`,
      detail: `Database ${database}. What such a session reads does no harm; what it writes or locks can’t be told from what the migrations do. A program of the team’s that goes around the address it was given counts as somebody else.`,
      cure: about.cure,
      showSql: 'select pid, usename, application_name, client_addr, backend_start, query from pg_stat_activity where datname = current_database();',
    },
  ];
}

function unreadable(trouble: string, phase: Phase): Finding {
  const object = { kind: 'attestation', name: 'isolation' };
  return {
    ...{ id: findingId(about.check, object), check: about.check, phase, severity: 'doubt', rootCause: 'environment', object },
    ...{ title: trouble, cure: 'Correct isolation.attestationFile.' },
  };
}

function sessionWords({ user, applicationName, client, since }: ForeignSession): string {
  return `${applicationName === '' ? 'a session without a name' : applicationName} as ${user}${client === undefined ? '' : ` from ${client}`}, since ${since}`;
}
