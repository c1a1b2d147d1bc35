import { gateAbout } from '../check/gate-catalogue.ts';
import type { GateResult } from '../core/gate.ts';
import { familyOf } from '../core/gate-names.ts';
import { isPreflightCheck, preflightQuestions } from '../core/preflight.ts';
import type { Terminal } from './terminal.ts';

/**
 * Tells of a gate, or of a thing that a preflight looks at, what it decides and by which checks.
 *
 * @param found what it decided in a run, where one is spoken of
 * @returns false where no gate has that name
 */
export function explainGate(name: string, asJson: boolean, terminal: Terminal, found?: GateResult): boolean {
  if (isPreflightCheck(name)) {
    const question = preflightQuestions[name];
    if (asJson) terminal.printJson({ preflight: name, question });
    else terminal.print(`${name}, of \`pgrehearse preflight\`: ${question}`);
    return true;
  }
  const about = gateAbout(familyOf(name));
  if (about === undefined) return false;
  if (asJson) {
    terminal.printJson({ gate: name, ...about, ...(found !== undefined && { found }) });
    return true;
  }
  terminal.print(`${name}, a gate: ${about.question}`);
  if (found !== undefined) {
    terminal.print('');
    terminal.print(`In this run:  ${found.outcome}. ${found.summary}`);
    terminal.print(`Shown by:     ${found.proof}`);
  }
  terminal.print('');
  terminal.print('Its checks:');
  for (const check of about.checks) terminal.print(`  pgrehearse explain ${check}`);
  return true;
}
