import type { ServerCheck } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { serverCheckAbout } from './about.ts';
import { type AskedServer, type ServerAnswer, tellServer } from './server-answer.ts';

/**
 * The gate of a server check, `server-check:<name>`. Every sentence names the server that was asked.
 *
 * @param server undefined: nobody could be asked
 * @param startedAt as performance.now() said
 */
export function writeUpServerCheck(check: ServerCheck, server: AskedServer | undefined, answer: ServerAnswer, startedAt: number): CheckOutcome {
  const { name, required, about } = check;
  const on = server === undefined ? '' : ` on ${tellServer(server)}`;
  const gate = { gate: `server-check:${name}`, phase: serverCheckAbout.phase, required, startedAt };
  const object = { kind: 'server', name };
  const common = {
    ...{ id: findingId(serverCheckAbout.check, object), check: serverCheckAbout.check, phase: serverCheckAbout.phase, object },
  };
  switch (answer.kind) {
    case 'holds':
      return conclude({
        ...gate,
        couldFail: true,
        proof: answer.proof,
        summary: `${capital(answer.found)}${on}.`,
        findings: [],
      });
    case 'doubt': {
      const finding: Finding = {
        ...common,
        ...{ severity: 'doubt', rootCause: 'environment', cure: answer.cure },
        title: `Server check ${name} proves nothing${on}: ${answer.reason}`,
        ...(about === undefined ? {} : { detail: about }),
      };
      return conclude({ ...gate, couldFail: false, proof: answer.reason, summary: `Proves nothing${on}: ${answer.reason}.`, findings: [finding] });
    }
    case 'broken': {
      const { found, expected, rootCause, cure, lines = [], showSql } = answer;
      const detail = [...(about === undefined ? [] : [about]), ...lines.map((line) => `${line}.`)].join(' ');
      const finding: Finding = {
        ...common,
        ...{ severity: 'blocker', rootCause, expected, actual: found, cure },
        title: `Server check ${name} doesn’t hold${on}: ${found}`,
        ...(detail === '' ? {} : { detail }),
        ...(showSql === undefined ? {} : { showSql }),
      };
      return conclude({ ...gate, couldFail: true, proof: 'it failed', summary: `${capital(found)}${on}; expected: ${expected}.`, findings: [finding] });
    }
    default:
      return answer satisfies never;
  }
}

function capital(text: string): string {
  // File names and roles stay as they are written.
  return /^(?:version|role|there is|attested) /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}
