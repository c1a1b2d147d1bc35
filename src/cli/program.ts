import { Argument, Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FailureError } from '../core/failure.ts';
import { fail, type Result } from '../core/result.ts';
import { exitCode } from '../verdict/exit-code.ts';
import { type Command, OptionError, type Options } from './command.ts';
import { type CommandGroup, loadCommands } from './commands.ts';
import { failureText } from './failure-text.ts';
import { finishLeft } from './finish-left.ts';
import { leftBehind } from './make-context.ts';
import type { Terminal } from './terminal.ts';
import { toolVersion } from './tool-version.ts';

/** What a command line runs in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** From here on, signals are the affair of the program that is run in our place. */
  letSignalsPass(): void;
}

const versionFlags = ['-V', '--version'];
const usageExitCode = 2;
/** Something that should be gone is not. */
const leftoverExitCode = 5;

/**
 * Carries out a command line.
 *
 * @param args without node and the script
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  // `help load` is what `load --help` is.
  const given = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  // The version needs none of them.
  const groups = versionFlags.includes(given[0] ?? '') ? [] : await loadCommands(given[0]);
  const program = buildProgram(groups, surroundings, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(given, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version come this way too, with 0; whatever else commander complains about is the command line.
    return error.exitCode === 0 ? 0 : usageExitCode;
  }
}

/** The program as commander sees it, with the commands that may be called: also what the reference page is made from. */
export function buildProgram(groups: readonly CommandGroup[], surroundings: Surroundings, setExitCode: (exitCode: number) => void): Commander {
  const { terminal } = surroundings;
  const program = new Commander('pgrehearse')
    .description('Rehearses a Postgres deploy on a true copy of production and proves, with evidence, whether it is safe.')
    .version(toolVersion, versionFlags.join(', '), 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (output) => terminal.print(output.trimEnd()),
      writeErr: (output) => terminal.note(output.trimEnd()),
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => helpWidth,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.commands.map((child) => child.name())].slice(0, 2).join(' ') })
    .exitOverride();
  program.addHelpText(
    'after',
    `\nStart with:\n  $ pgrehearse demo    see it work on a small company’s database\n  $ pgrehearse init    set it up for your project`,
  );
  const parents = new Map<string, Commander>();
  for (const { heading, commands } of groups) {
    for (const command of commands) {
      const [first = '', second] = command.name.split(' ');
      if (second === undefined) addCommand(program, first, command, surroundings, setExitCode).helpGroup(heading);
      else {
        const parent = parents.get(first) ?? addParent(program, first, command.about).helpGroup(heading);
        parents.set(first, parent);
        addCommand(parent, second, command, surroundings, setExitCode);
      }
    }
  }
  return program;
}

/** The same in every terminal and on the reference page. */
const helpWidth = 100;

/** A word that only stands before others, such as `evidence`. */
function addParent(program: Commander, name: string, about: string): Commander {
  return program.command(name).helpOption('-h, --help', 'Print this help.').helpCommand(false).description(about);
}

function addCommand(
  parent: Commander,
  name: string,
  command: Command,
  { terminal, folder, signal, letSignalsPass }: Surroundings,
  setExitCode: (exitCode: number) => void,
): Commander {
  const built = parent
    .command(name)
    .description(command.detail === undefined ? command.about : `${command.about}\n\n${command.detail}`)
    .summary(command.about);
  for (const { name: argument, about } of command.arguments ?? []) built.addArgument(new Argument(argument, about));
  for (const [key, spec] of Object.entries(command.options)) built.addOption(toOption(key, spec));
  if (command.passesRestThrough === true) built.passThroughOptions();
  built.helpOption('-h, --help', 'Print this help.');
  built.addHelpText('after', `\nExample:\n  $ ${command.example}`);
  built.showHelpAfterError(`(\`pgrehearse ${command.name} --help\` shows how it is used)`);
  built.action(async () => {
    const given = built.opts();
    const options = Object.fromEntries(Object.entries(command.options).map(([key, spec]) => [key, given[key] ?? spec.fallback]));
    if (command.passesRestThrough === true) letSignalsPass();
    const result = await command.run({ args: built.args, options, terminal, folder, signal }).catch(asFailure);
    await finishLeft(command.name, terminal, signal);
    const code = conclude(result, command, options.json === true, terminal);
    const left = leftBehind();
    // Where the result is JSON, nobody has told of it.
    if (options.json === true) for (const { message, cure } of left) terminal.note(`error: ${message}\n  → ${cure}`);
    setExitCode(left.length === 0 ? code : leftoverExitCode);
  });
  return built;
}

/** What is expected and passed through code that can only throw, such as a full disk under the ledger, is no bug. */
function asFailure(error: unknown): Result<number> {
  if (error instanceof FailureError) return fail(error.failure);
  throw error;
}

/** Prints a failure where the reader of the output looks for it. */
function conclude(result: Result<number>, command: Command, asJson: boolean, terminal: Terminal): number {
  if (result.ok) return result.value;
  if (asJson) terminal.printJson({ failure: result.failure });
  else terminal.note(failureText(result.failure));
  return command.failureExitCode ?? exitCode({ failures: [result.failure], leftovers: [] });
}

function toOption(key: string, spec: Options[string]): Option {
  const long = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const option = new Option(spec.placeholder === undefined ? long : `${long} <${spec.placeholder}>`, spec.about);
  if (spec.placeholder === undefined) return option;
  return option.argParser((given) => {
    try {
      return spec.parse(given);
    } catch (error) {
      if (error instanceof OptionError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  });
}
