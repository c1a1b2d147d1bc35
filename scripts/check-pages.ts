import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckAbout } from '../src/check/check-about.ts';
import { checkCatalogue } from '../src/check/check-catalogue.ts';
import { recordingChecks } from '../src/check/recording/recording-checks.ts';
import { rulesOfCheck } from '../src/check/squawk/squawk-rules.ts';
import { configJsonSchema, type JsonSchema } from '../src/config/json-schema.ts';
import { recordingPolicies } from '../src/config/settings/record.ts';
import { readExample } from '../test/support/record-example.ts';
import type { SeenExample, SeenFinding, SeenStatement } from './see-check.ts';

/** What real servers did with each check's bad.sql, by major version: docs/checks/seen.json. */
export type SeenChecks = Readonly<Record<string, Readonly<Record<string, SeenExample>>>>;

export const seenFile = 'docs/checks/seen.json';

export function readSeen(): SeenChecks {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', seenFile), 'utf8')) as SeenChecks;
}

/** Every page of docs/checks: its path in the repository, and its text. A pure function of the code and of what was seen. */
export function checkPages(seen: SeenChecks): ReadonlyMap<string, string> {
  const schema = configJsonSchema();
  return new Map([
    ['docs/checks/README.md', indexPage()],
    ...checkCatalogue.map((about) => [`docs/checks/${about.check}.md`, checkPage(about, schema, seen[about.check])] as const),
  ]);
}

function indexPage(): string {
  const rows = checkCatalogue.map(({ check, phase, question }) => `| [${check}](${check}.md) | ${phase} | ${question} | ${worst(check)} |`);
  return page(
    '# Checks',
    'What a rehearsal looks for. `pgrehearse explain CHECK` prints the same pages; `pgrehearse explain 1` tells more of the newest run’s first finding.',
    'The checks of the flight recorder have an example that real servers ran: what it did there is on the page. How grave a finding is at its worst can be set for each of them (`record.checks`), and what counts as long or large (`record.limits`). Why they are as they are: [decision 17](../decisions/0017-severities-of-the-recorder.md).',
    ['| check | phase | question | at its worst |', '|---|---|---|---|', ...rows].join('\n'),
  );
}

/** As the default policy has it. */
function worst(check: string): string {
  const policy = policyOf(check);
  if (policy !== undefined) return policy;
  return check === 'unobserved' ? 'doubt' : check === 'squawk' ? 'note' : 'depends on what is found';
}

function policyOf(check: string): string | undefined {
  return Object.hasOwn(recordingPolicies, check) ? recordingPolicies[check as keyof typeof recordingPolicies][0] : undefined;
}

function checkPage(about: CheckAbout, schema: JsonSchema, seen: Readonly<Record<string, SeenExample>> | undefined): string {
  const { check, phase, question, effect, cure, kinds = [], sources = [] } = about;
  const example = readExample(check);
  const policy = policyOf(check);
  return page(
    `# ${check}`,
    question,
    list([
      `Asked in: ${phase}`,
      `At its worst: ${worst(check)}${policy === undefined ? '' : `; set with \`record.checks.${check}\``}`,
      ...recordingChecks.filter((one) => one.about.check === check).map(({ rootCause }) => `Root cause: ${rootCause}`),
      ...(rulesOfCheck(check).length === 0 ? [] : [`squawk’s rules that look for the same: ${rulesOfCheck(check).map(code).join(', ')}`]),
    ]),
    '## What it means',
    effect,
    ...(kinds.length === 0 ? [] : ['## Kinds', list(kinds.map(({ kind, says }) => `**${kind}**: ${says}`))]),
    ...(example === undefined || seen === undefined ? [] : seenSection(example.bad, seen)),
    '## What to do',
    cure,
    ...safeWaySections(about, seen ?? {}),
    ...(example === undefined ? [] : ['## What is all right', 'In this nothing at all is found:', sql(example.good)]),
    ...limitsSection(about, schema),
    ...(sources.length === 0 ? [] : ['## Sources', list(sources.map(({ says, url }) => `${says} <${url}>`))]),
  );
}

function seenSection(bad: string, seen: Readonly<Record<string, SeenExample>>): readonly string[] {
  const alike = groupAlike(Object.entries(seen), ({ statements, findings }) => ({ statements, findings: findings.map(({ safeWay: _, ...told }) => told) }));
  return [
    '## What was seen',
    `${showMajors(Object.keys(seen))} ran this on tables of 20,000 rows and fewer, and what is below was seen and found. Times and sizes depend on the machine and are left out; how grave a finding is, is told as of a lock that is held for long.`,
    sql(bad),
    ...alike.flatMap(({ majors, example }) => [
      ...(alike.length === 1 ? [] : [`### ${showMajors(majors)}`]),
      ...(example.statements.length === 0 ? [] : [example.statements.map(seenStatement).join('\n')]),
      ...example.findings.map(seenFinding),
    ]),
  ];
}

/** One for all majors, or for each that needs code of its own. */
function safeWaySections(about: CheckAbout, seen: Readonly<Record<string, SeenExample>>): readonly string[] {
  const ways = groupAlike(Object.entries(seen), ({ findings }) => findings.flatMap(({ id, safeWay }) => (safeWay === undefined ? [] : [{ id, safeWay }])));
  return ways.flatMap(({ majors, example }) => safeWays(about, example, showMajors(majors), ways.length === 1 ? '' : ` on ${showMajors(majors)}`));
}

const where = { instead: 'Instead of what was found,', before: 'Before the migration,', after: 'After the migration,' };

function safeWays({ way }: CheckAbout, { findings }: SeenExample, majors: string, on: string): readonly string[] {
  const given = findings.filter(({ safeWay }) => safeWay !== undefined);
  if (given.length === 0 || way === undefined) return [];
  return [
    `## The safe way${on}`,
    `${where[way]} ${majors} ran this code, and what it is for was not found again.`,
    ...given.flatMap(({ title, safeWay }) => [
      ...(given.length === 1 ? [] : [`For “${title}”:`]),
      sql(safeWay?.statements.map((statement) => `${statement};`).join('\n') ?? ''),
      ...(safeWay?.loses === undefined ? [] : [`It loses ${safeWay.loses}.`]),
      ...(safeWay?.notes ?? []),
    ]),
  ];
}

function seenStatement({ line, text, did }: SeenStatement): string {
  return `- ${line === undefined ? '' : `line ${line}: `}${code(text.replaceAll(/\s+/g, ' '))}\n${did.map((one) => `  - ${one}`).join('\n')}`;
}

function seenFinding({ severity, title, detail }: SeenFinding): string {
  return `> **${severity}**: ${title.replace(/\.$/, '')}.${detail === undefined ? '' : `\n>\n> ${detail.replaceAll('\n', '\n> ')}`}`;
}

function limitsSection({ limits = [] }: CheckAbout, schema: JsonSchema): readonly string[] {
  const known = schema.properties?.record?.properties?.limits?.properties ?? {};
  if (limits.length === 0) return [];
  return ['## Limits', list(limits.map((name) => `\`record.limits.${name}\` (${String(known[name]?.default)}): ${known[name]?.description ?? ''}`))];
}

interface Alike {
  readonly majors: readonly string[];
  readonly example: SeenExample;
}

/** Majors that did the same, as one. */
function groupAlike(seen: readonly (readonly [string, SeenExample])[], part: (example: SeenExample) => unknown): readonly Alike[] {
  const groups = Map.groupBy(seen, ([, example]) => JSON.stringify(part(example)));
  return [...groups.values()].flatMap((group) => (group[0] === undefined ? [] : [{ majors: group.map(([major]) => major), example: group[0][1] }]));
}

function showMajors(majors: readonly string[]): string {
  return `PostgreSQL ${majors.join(' and ')}`;
}

function page(...blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function sql(text: string): string {
  return `\`\`\`sql\n${text.trim()}\n\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}
