import { closestName } from '../../core/closest-name.ts';
import { failure } from '../../core/failure.ts';
import { type FailureCode, type FailureEntry, failureCatalogue } from '../../core/failure-catalogue.ts';
import { fail, ok, unreachable } from '../../core/result.ts';
import { defineCommand, jsonOption } from '../command.ts';

export const explain = defineCommand({
  name: 'explain',
  about: 'Say what a failure code means and what to do about it.',
  example: 'pgrehearse explain missing-extension',
  arguments: [{ name: '[code]', about: 'Failure code; all codes are listed without one.' }],
  options: { json: jsonOption },
  async run({ args: [code], options, terminal }) {
    if (code === undefined) {
      if (options.json) terminal.printJson(failureCatalogue);
      else for (const [known, { title }] of Object.entries(failureCatalogue)) terminal.print(`${known.padEnd(26)} ${title}`);
      return ok(0);
    }
    if (!isCode(code)) {
      const meant = closestName(code, Object.keys(failureCatalogue));
      return fail(
        failure('usage', `there is no failure code ${code}`, {
          cure: meant === undefined ? 'Run `pgrehearse explain` for the list.' : `Did you mean ${meant}? \`pgrehearse explain\` lists all codes.`,
        }),
      );
    }
    const entry: FailureEntry = failureCatalogue[code];
    if (options.json) terminal.printJson({ code, ...entry });
    else {
      terminal.print(`${code}: ${entry.title}`);
      terminal.print('');
      terminal.print(`What to do:  ${entry.cure}`);
      terminal.print(`Root cause:  ${entry.rootCause}`);
      terminal.print(`Ends a run:  ${endingText(entry)}`);
    }
    return ok(0);
  },
});

/** How a failure ends a run, with the exit code. */
export function endingText({ ending, rootCause }: FailureEntry): string {
  switch (ending) {
    case 'usage':
      return 'exit code 2, before anything is done';
    case 'blocker':
      return 'BLOCKER, exit code 1';
    case 'leftover':
      return 'exit code 5';
    case 'inconclusive':
      return `INCONCLUSIVE, exit code ${['connection', 'authentication', 'tls', 'environment'].includes(rootCause) ? 4 : 3}`;
    default:
      return unreachable(ending);
  }
}

function isCode(text: string): text is FailureCode {
  return Object.hasOwn(failureCatalogue, text);
}
