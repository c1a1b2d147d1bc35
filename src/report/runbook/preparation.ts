import type { ServerCheck } from '../../config/schema.ts';
import { unreachable } from '../../core/result.ts';
import { shellWord } from '../../core/shell-word.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import type { Block, RunbookSection, RunbookStep } from './document.ts';
import type { RunbookInput } from './runbook-input.ts';

/** What has to be there before anything is rehearsed or deployed, and what production has to be like. */
export function prerequisites({ settings }: RunbookInput): RunbookSection {
  const { source, runbook, migrate } = settings;
  const isElsewhere = 'dump' in source || 'rds' in source || 'aurora' in source || 'azure' in source;
  const places = ['attached' in source ? source.attached : isElsewhere ? undefined : source, runbook.production];
  const variables = [
    ...places.flatMap((place) => [place?.urlVariable, place?.credential?.variable]),
    ...runbook.serverChecks.map((check) => (check.kind === 'connections' ? check.poolerUrlVariable : undefined)),
  ].filter((name) => name !== undefined);
  const items = [
    'pgrehearse, and what `pgrehearse doctor` asks for, on the machine that rehearses.',
    ...variables.map((name) => `The environment variable ${name}. It holds a secret: nobody prints it, and no agent is told its value.`),
    ...('rds' in source
      ? [`Credentials for the AWS account ${source.rds.account}, where a snapshot of ${source.rds.instance} is restored, and the server deleted again.`]
      : []),
    ...('aurora' in source
      ? [
          `Credentials for the AWS account ${source.aurora.account}, where the cluster ${source.aurora.cluster} is ${source.aurora.snapshot === undefined ? 'cloned' : 'restored from a snapshot'}, and the copy deleted again.`,
        ]
      : []),
    ...('azure' in source
      ? [
          `Credentials for the Azure subscription ${source.azure.subscription}, where a moment of ${source.azure.server} is restored, and the server deleted again.`,
        ]
      : []),
    ...('dump' in source ? [`A dump of production at ${source.dump}.`] : []),
    ...(migrate.role === undefined ? [] : [`In production, the role ${migrate.role}, as which the migrations run.`]),
    ...runbook.prerequisites,
  ];
  return { heading: 'Prerequisites', blocks: [{ kind: 'list', items, checklist: true }] };
}

/** The checks before the first migration: those of production's server, and those that come right before single migrations. */
export function checklist(input: RunbookInput): RunbookSection {
  const { serverChecks, production } = input.settings.runbook;
  const server = production === undefined ? 'production, which is the source' : 'production';
  const asked: Block[] = serverChecks.map((check): RunbookStep => {
    const gate = input.evidence?.gates.find(({ gate: name }) => name === `server-check:${check.name}`);
    const last = gate === undefined ? [] : [`When it was rehearsed: ${gate.outcome}. ${gate.summary}`];
    return {
      ...{ kind: 'step', by: 'agent', title: `${titleOf(check)}, on ${server}` },
      ...(check.about === undefined ? {} : { detail: check.about }),
      ...commandOf(check),
      expect: [expectedOf(check), ...last],
    };
  });
  const none: Block = { kind: 'text', text: 'No server checks are configured (runbook.serverChecks).' };
  const again: Block = {
    kind: 'text',
    text: 'What they said when it was rehearsed holds for that moment. `pgrehearse run` asks them anew, read-only; a clone has no traffic, and can’t answer them.',
  };
  return { heading: 'Before the first migration', blocks: asked.length === 0 ? [none] : [again, ...asked] };
}

function titleOf(check: ServerCheck): string {
  switch (check.kind) {
    case 'version':
      return 'The server’s version';
    case 'role':
      return `The role ${check.role}`;
    case 'connections':
      return 'Connections';
    case 'long-transactions':
      return 'Long transactions';
    case 'backup':
      return 'A backup that can be restored';
    default:
      return unreachable(check);
  }
}

function expectedOf(check: ServerCheck): string {
  switch (check.kind) {
    case 'version':
      return [...(check.min === undefined ? [] : [`at least ${check.min}`]), ...(check.max === undefined ? [] : [`at most ${check.max}`])].join(', ');
    case 'role':
      return check.login ? 't: it may log in' : 'f: it may not log in';
    case 'connections':
      return `at most ${check.maxPercent} % of the places${check.max === undefined ? '' : `, and at most ${check.max}`}${check.poolerUrlVariable === undefined ? '' : `; in PgBouncer at most ${check.maxWaiting} clients waiting`}`;
    case 'long-transactions':
      return `no row: nothing has been open for more than ${check.minutes} min`;
    case 'backup':
      return check.file === undefined
        ? `somebody’s word, not older than ${check.maxAgeHours} h: ${check.attestation?.by} at ${check.attestation?.at}`
        : `exit code 0, and nothing printed; the file is not older than ${check.maxAgeHours} h. \`pg_restore --list\` would be content with a file that was cut off`;
    default:
      return unreachable(check);
  }
}

function commandOf(check: ServerCheck): Pick<RunbookStep, 'command' | 'language'> {
  switch (check.kind) {
    case 'version':
      return { language: 'sql', command: 'show server_version;' };
    case 'role':
      return { language: 'sql', command: `select rolcanlogin from pg_catalog.pg_roles where rolname = ${quoteLiteral(check.role)};` };
    case 'connections':
      return {
        language: 'sql',
        command: "select count(*), current_setting('max_connections') from pg_catalog.pg_stat_activity where backend_type = 'client backend';",
      };
    case 'long-transactions':
      return {
        language: 'sql',
        command: [
          'select pid, usename, state, xact_start, left(query, 80) from pg_catalog.pg_stat_activity',
          `where xact_start < now() - interval '${check.minutes} minutes' and pid <> pg_backend_pid()`,
          "union all select null, owner::text, 'prepared ' || gid, prepared, null from pg_catalog.pg_prepared_xacts",
          `where prepared < now() - interval '${check.minutes} minutes';`,
        ].join('\n'),
      };
    case 'backup':
      return check.file === undefined ? {} : { language: 'sh', command: `pg_restore --file=/dev/null ${shellWord(check.file)}` };
    default:
      return unreachable(check);
  }
}
