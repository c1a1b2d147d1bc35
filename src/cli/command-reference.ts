import type { Command as Commander } from 'commander';
import { loadCommands } from './commands.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

const exitCodes = `## Exit codes

| code | of \`run\` | of other commands |
|---|---|---|
| 0 | PASS | done; \`preflight\`: GO; \`diff\`: same; \`demo\`: both verdicts are the expected ones |
| 1 | BLOCKER | \`preflight\`: NO-GO; \`diff\`: different; \`evidence verify\`: altered; \`demo\`: a verdict is not the expected one |
| 2 | the command line or the configuration is wrong; nothing was done | the same; \`diff\`: the schemas could not be compared |
| 3 | INCONCLUSIVE, or a bug in pgrehearse | could not be done; \`preflight\`: not known, which is no GO |
| 4 | INCONCLUSIVE because of connection, authentication, TLS or environment | could not be done, for the same reasons |
| 5 | something that should be gone could not be removed | the same |
| 129, 130, 143 | stopped by a closed terminal, Ctrl-C, SIGTERM; everything that was made is removed | the same |

Where several apply, the first of 5, 4, 2, 1, 3, 0 counts. \`exec\` has the exit code of the command that it runs.
`;

/** docs/reference/cli.md: what \`--help\` prints, command by command. */
export async function commandReference(): Promise<string> {
  const nowhere = { print: () => {}, note: () => {}, printJson: () => {} } as unknown as Terminal;
  const program = buildProgram(
    await loadCommands(),
    { terminal: nowhere, folder: '/', signal: new AbortController().signal, letSignalsPass: () => {} },
    () => {},
  );
  const sections = leaves(program).map((command) => `## ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`);
  return `# Command line\n\n\`\`\`text\n${helpOf(program)}\n\`\`\`\n\n${sections.join('\n')}\n${exitCodes}`;
}

function leaves(command: Commander): readonly Commander[] {
  return command.commands.flatMap((child) => (child.commands.length > 0 ? leaves(child) : [child]));
}

function nameOf(command: Commander): string {
  return command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
}

/** The whole help, with what is added after it. */
function helpOf(command: Commander): string {
  let help = '';
  command.configureOutput({
    writeOut: (output) => {
      help += output;
    },
  });
  command.outputHelp();
  return help.trim();
}
