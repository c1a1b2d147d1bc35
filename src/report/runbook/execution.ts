import type { RunbookMigration } from '../../config/schema.ts';
import type { GateResult } from '../../core/gate.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { shellWord } from '../../core/shell-word.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { showCountOf, showDuration } from '../measures.ts';
import type { Block, RunbookSection, RunbookStep } from './document.ts';
import type { DeployedMigration, RunbookInput } from './runbook-input.ts';

/** Rehearsing: what changes nothing in production, so that agents may do it. */
export function rehearsing({ configFile, evidence, settings }: RunbookInput): RunbookSection {
  const config = configFile === undefined ? '' : ` --config ${shellWord(configFile)}`;
  const took = evidence?.finished === true ? { took: showDuration(evidence.durationMs) } : {};
  const blocks: readonly Block[] = [
    {
      ...{ kind: 'step', by: 'agent', title: 'Rehearse the deploy', language: 'sh', command: `npx pgrehearse run${config}`, ...took },
      detail: 'Copies production, which is only read, and migrates the copies. What it makes is removed when it ends.',
      expect: ['PASS, and exit code 0. Anything else: read the report, and don’t deploy.'],
    },
    {
      ...{
        kind: 'step',
        by: 'agent',
        title: 'Check that this runbook is of what was rehearsed',
        language: 'sh',
        command: `npx pgrehearse runbook${config} --check RUNBOOK.md`,
      },
      expect: ['Exit code 0. 1: it is out of date; write it anew.'],
    },
    {
      ...{ kind: 'step', by: 'human', title: 'Approve' },
      detail: 'A PASS is a proof of what was rehearsed, and no permission to deploy: a person reads the report and says yes.',
    },
    ...settings.runbook.steps.before.map(toStep),
    {
      ...{
        kind: 'step',
        by: 'agent',
        title: 'Ask production whether the evidence still applies',
        language: 'sh',
        command: `npx pgrehearse preflight${config}`,
      },
      detail: 'Right before the deploy. Production is only read.',
      expect: ['GO, and exit code 0. Anything else: don’t deploy.'],
    },
  ];
  return { heading: 'Rehearse and prepare', blocks };
}

/** The deploy itself: the team's own commands, which pgrehearse never runs in production. */
export function execution(input: RunbookInput, deployed: readonly DeployedMigration[]): RunbookSection {
  const intro: Block = {
    kind: 'text',
    text: 'These are the team’s own commands. No command of pgrehearse migrates production; no agent runs them. Stop at the first step that doesn’t show what it should.',
  };
  const { migrate } = input.settings;
  const together =
    migrate.tool === 'command' && input.settings.runbook.apply === undefined
      ? [
          {
            kind: 'step',
            by: 'human',
            title: 'Apply all that is pending',
            language: 'sh',
            command: migrate.command.map(shellWord).join(' '),
          } satisfies RunbookStep,
        ]
      : [];
  return { heading: 'Deploy', blocks: [intro, ...together, ...deployed.flatMap((one) => stepsOf(input, one, together.length > 0))] };
}

function stepsOf({ settings, evidence }: RunbookInput, { migration, told, rehearsed }: DeployedMigration, together: boolean): readonly Block[] {
  const { revision, file } = migration;
  const before = (told?.before ?? []).map((query) => queryStep(query, 'Before', gateOf(evidence, `before:${revision}:${query.name}`)));
  const verify = (told?.verify ?? []).map((query) => queryStep(query, 'Verify', gateOf(evidence, `verify:${revision}:${query.name}`)));
  const outcome = rehearsed?.state === 'applied' ? rehearsed.outcome : undefined;
  const rows =
    rehearsed?.statements.flatMap(({ tag, rows: count }) =>
      count !== null && count > 0 && /^(INSERT|UPDATE|DELETE|MERGE)/.test(tag ?? '') ? [`${tag} ${count}`] : [],
    ) ?? [];
  const apply: RunbookStep = {
    ...{ kind: 'step', by: 'human', title: `Apply ${revision}`, language: 'sh', command: applyCommand(settings.runbook.apply, revision, file) },
    ...(told?.about === undefined ? {} : { detail: told.about }),
    ...(outcome === undefined ? {} : { took: showDuration(outcome.durationMs) }),
    expect:
      outcome === undefined
        ? ['Not rehearsed yet.']
        : [`${showCountOf(outcome.statements, 'statement')} without an error${rows.length === 0 ? '' : `; rows: ${rows.slice(0, 6).join(', ')}`}`],
  };
  return [{ kind: 'heading', text: revision }, ...before, ...(together ? [] : [apply]), ...verify];
}

function gateOf(evidence: RunSummary | undefined, name: string): GateResult | undefined {
  return evidence?.gates.find(({ gate }) => gate === name);
}

/** With ON_ERROR_STOP, without which psql goes on after an error and ends with 0; and in one transaction. */
function applyCommand(template: string | undefined, revision: string, file: string): string {
  const usual = `psql "$DATABASE_URL" -v ON_ERROR_STOP=1 --single-transaction -f \${file}`;
  // By functions: in a text that replaces, $& and the like would stand for something else.
  return (template ?? usual).replaceAll(`\${revision}`, () => shellWord(revision)).replaceAll(`\${file}`, () => shellWord(file));
}

type Query = RunbookMigration['before'][number];

/** In production nothing is made for a query, and nothing tried: one that writes, even in a transaction that is rolled back, is a person's. */
function queryStep(query: Query, when: 'Before' | 'Verify', gate: GateResult | undefined): RunbookStep {
  const { name, about, sql, role, settings, given, expect } = query;
  const reads = /^\s*(select|show|table|values)\b/i.test(sql) && given === undefined && !sql.replace(/;\s*$/, '').includes(';');
  const set = Object.entries(settings).map(([setting, value]) => `select set_config(${quoteLiteral(setting)}, ${quoteLiteral(value)}, true);`);
  const lines = [
    // A SELECT may call a function that writes: what an agent asks production can't.
    reads ? 'begin read only;' : 'begin;',
    ...(given === undefined ? [] : ['-- on a clone only: rows that it needs', `-- ${given.replaceAll('\n', '\n-- ')}`]),
    ...set,
    ...(role === undefined ? [] : [`set local role ${quoteIdentifier(role)};`]),
    // After a comment, what ends it needs a line of its own.
    `${sql.trim().replace(/;$/, '')}${sql.includes('--') ? '\n' : ''};`,
    'rollback;',
  ];
  const expected = 'error' in expect ? `ERROR, SQLSTATE ${expect.error}${expect.message === undefined ? '' : `: … ${expect.message} …`}` : shown(expect);
  return {
    ...{ kind: 'step', by: reads ? 'agent' : 'human', title: `${when}: ${name}`, language: 'sql', command: lines.join('\n') },
    ...(about === undefined ? {} : { detail: about }),
    expect: [expected, ...(gate === undefined ? ['Not rehearsed yet.'] : [`When it was rehearsed: ${gate.outcome}. It could fail: ${gate.proof}`])],
  };
}

function shown(expect: Exclude<Query['expect'], { readonly error: string }>): string {
  if ('value' in expect) return `the value ${String(expect.value)}`;
  if ('atLeast' in expect) return `at least ${showCountOf(expect.atLeast, 'row')}`;
  if (expect.rows === 'none') return 'no rows';
  return expect.rows === 'some' ? 'at least 1 row' : showCountOf(expect.rows, 'row');
}

/** After the last migration. */
export function afterwards({ settings }: RunbookInput): RunbookSection {
  const { after } = settings.runbook.steps;
  const none: Block = { kind: 'text', text: 'Nothing besides the verify queries is configured (runbook.steps.after).' };
  return { heading: 'After the deploy', blocks: after.length === 0 ? [none] : after.map(toStep) };
}

function toStep({ title, detail, command, expect, by }: RunbookInput['settings']['runbook']['steps']['before'][number]): RunbookStep {
  return {
    ...{ kind: 'step', title, by },
    ...(detail === undefined ? {} : { detail }),
    ...(command === undefined ? {} : { command, language: 'sh' }),
    ...(expect === undefined ? {} : { expect: [expect] }),
  };
}
