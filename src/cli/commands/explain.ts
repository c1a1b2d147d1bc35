import { readFile } from 'node:fs/promises';
import type { CheckAbout } from '../../check/check-about.ts';
import { closestName } from '../../core/closest-name.ts';
import { failure } from '../../core/failure.ts';
import { type FailureCode, failureCatalogue } from '../../core/failure-catalogue.ts';
import type { FailureEntry } from '../../core/failures/entry.ts';
import type { Finding } from '../../core/finding.ts';
import { preflightCheckNames, preflightQuestions } from '../../core/preflight.ts';
import { fail, ok, type Result, unreachable } from '../../core/result.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { exitCodeOf } from '../../verdict/exit-code.ts';
import { configOption, defineCommand, jsonOption, text } from '../command.ts';
import { findRun } from '../find-run.ts';
import { hasColor } from '../run-output.ts';
import type { Terminal } from '../terminal.ts';

export const explain = defineCommand({
  name: 'explain',
  about: 'Say what a check or gate looks for, what was found, or what a failure code means, and what to do about it.',
  detail:
    'A finding is named by its number in the newest run, as the terminal shows it, or by its id; of a check, what real servers did with its example is told. Without a name, all checks, gates and failure codes are listed.',
  example: 'pgrehearse explain rewrite',
  arguments: [{ name: '[name]', about: 'Check, gate, failure code, or a finding’s number or id.' }],
  options: { run: text('run', 'Run, or its folder, of the finding; the newest unless given.'), config: configOption, json: jsonOption },
  async run({ args: [name], options, terminal, folder }) {
    const { checkCatalogue } = await import('../../check/check-catalogue.ts');
    if (name === undefined) {
      await listAll(checkCatalogue, options.json, terminal);
      return ok(0);
    }
    if (isCode(name)) {
      explainFailure(name, options.json, terminal);
      return ok(0);
    }
    const check = checkCatalogue.find((about) => about.check === name);
    if (check !== undefined) {
      await explainCheck(check, options.json, terminal);
      return ok(0);
    }
    const { explainGate } = await import('../explain-gate.ts');
    if (!name.includes(':') && explainGate(name, options.json, terminal)) return ok(0);
    if (/^\d+$/.test(name) || name.includes(':')) {
      const run = await findRun(folder, options.config, options.run, 'rehearsal');
      if (!run.ok) return run;
      return await explainOne(name, run.value, options.json, terminal);
    }
    const { gatesByOtherNames } = await import('../../check/gate-catalogue.ts');
    const meant = closestName(name, [
      ...checkCatalogue.map((about) => about.check),
      ...gatesByOtherNames,
      ...preflightCheckNames,
      ...Object.keys(failureCatalogue),
    ]);
    return fail(
      failure('usage', `there is no check, gate, finding or failure code ${name}`, {
        cure: `${meant === undefined ? '' : `Did you mean ${meant}? `}\`pgrehearse explain\` lists all checks, gates and failure codes.`,
      }),
    );
  },
});

async function listAll(checks: readonly CheckAbout[], asJson: boolean, terminal: Terminal): Promise<void> {
  const { gateAbout, gatesByOtherNames } = await import('../../check/gate-catalogue.ts');
  const gates = gatesByOtherNames.map((gate) => ({ gate, ...gateAbout(gate) }));
  if (asJson) {
    terminal.printJson({ checks, gates, preflight: preflightQuestions, failures: failureCatalogue });
    return;
  }
  const part = (heading: string, rows: readonly (readonly [name: string, says: string | undefined])[]) => {
    terminal.print(heading);
    for (const [name, says] of rows) terminal.print(`  ${name.padEnd(28)} ${says}`);
  };
  part(
    'Checks',
    checks.map(({ check, question }) => [check, question]),
  );
  part(
    '\nGates that are called otherwise than their checks',
    gates.map(({ gate, question }) => [gate, question]),
  );
  part('\nChecks of a preflight', Object.entries(preflightQuestions));
  part(
    '\nFailure codes',
    Object.entries(failureCatalogue).map(([code, { title }]) => [code, title]),
  );
}

function explainFailure(code: FailureCode, asJson: boolean, terminal: Terminal): void {
  const entry: FailureEntry = failureCatalogue[code];
  if (asJson) {
    terminal.printJson({ code, ...entry });
    return;
  }
  terminal.print(`${code}: ${entry.title}`);
  terminal.print('');
  terminal.print(`What to do:  ${entry.cure}`);
  terminal.print(`Root cause:  ${entry.rootCause}`);
  terminal.print(`Ends a run:  ${endingText(entry)}`);
}

/** The page as it is in the documentation, which comes with the program. */
async function explainCheck(about: CheckAbout, asJson: boolean, terminal: Terminal): Promise<void> {
  const page = await readFile(new URL(`../../../docs/checks/${about.check}.md`, import.meta.url), 'utf8');
  if (asJson) {
    terminal.printJson({ ...about, page });
    return;
  }
  const { pageLines } = await import('../../report/page-lines.ts');
  for (const line of pageLines(page, terminal.stdout.columns ?? 80, await paintFor(terminal))) terminal.print(line);
}

async function explainOne(name: string, runFolder: string, asJson: boolean, terminal: Terminal): Promise<Result<number>> {
  const { readEvidence } = await import('../../evidence/read-evidence.ts');
  const evidence = await readEvidence(runFolder);
  if (!evidence.ok) return evidence;
  const { summarise } = await import('../../core/run-summary.ts');
  const summary = summarise(evidence.value.entries);
  const finding = findingOf(name, summary);
  const gate = summary.gates.find((one) => one.gate === name);
  if (finding === undefined && gate !== undefined) {
    const { explainGate } = await import('../explain-gate.ts');
    if (explainGate(name, asJson, terminal, gate)) return ok(0);
  }
  if (finding === undefined) return fail(failure('usage', `the run in ${runFolder} has no finding ${name}`, { cure: nearFinding(name, summary) }));
  if (asJson) {
    terminal.printJson(finding);
    return ok(0);
  }
  const { explainFinding } = await import('../../report/explain-finding.ts');
  for (const line of explainFinding(finding, summary.recording, terminal.stdout.columns ?? 80, await paintFor(terminal))) terminal.print(line);
  const { checkCatalogue } = await import('../../check/check-catalogue.ts');
  if (checkCatalogue.some(({ check }) => check === finding.check)) {
    terminal.print('');
    terminal.print(`More: pgrehearse explain ${finding.check}`);
  }
  return ok(0);
}

/** Numbers are those of the terminal, which shows the gravest first. */
function findingOf(name: string, { findings }: RunSummary): Finding | undefined {
  return /^\d+$/.test(name) ? findings[Number(name) - 1] : findings.find(({ id }) => id === name);
}

function nearFinding(name: string, { findings }: RunSummary): string {
  if (findings.length === 0) return 'It has none at all. `pgrehearse runs` lists the other runs; name one with --run.';
  const meant = closestName(
    name,
    findings.map(({ id }) => id),
  );
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return `Its findings are 1 to ${findings.length}; the first is ${findings[0]?.id}. \`pgrehearse runs\` lists the other runs; name one with --run.`;
}

async function paintFor(terminal: Terminal) {
  const { makePaint } = await import('../../report/terminal-style.ts');
  return makePaint(hasColor(terminal.stdout));
}

/** How a failure ends a run, with the exit code. */
export function endingText({ ending, rootCause }: FailureEntry): string {
  const code = `exit code ${exitCodeOf(ending, rootCause)}`;
  switch (ending) {
    case 'usage':
      return `${code}, before anything is done`;
    case 'blocker':
      return `BLOCKER, ${code}`;
    case 'leftover':
      return code;
    case 'inconclusive':
      return `INCONCLUSIVE, ${code}`;
    default:
      return unreachable(ending);
  }
}

function isCode(text: string): text is FailureCode {
  return Object.hasOwn(failureCatalogue, text);
}
