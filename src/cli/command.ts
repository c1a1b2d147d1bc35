import type { Result } from '../core/result.ts';
import { scan } from '../sql/scan.ts';
import type { Terminal } from './terminal.ts';

/** An option as its help shows it and as a command gets it. Without a placeholder it is a flag. */
export interface OptionSpec<T> {
  readonly placeholder?: string;
  readonly about: string;
  /** @throws OptionError when the text isn't a value of this option */
  readonly parse: (text: string) => T;
  readonly fallback: T;
}

/** The text that an option was given is not a value of it. The message ends a sentence: `must be a port, 1024 to 65535`. */
export class OptionError extends Error {}

export type Options = Readonly<Record<string, OptionSpec<unknown>>>;
export type OptionValues<O extends Options> = { readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never };

export interface ArgumentSpec {
  /** `<name>` is required, `[name]` optional, `[name...]` takes all that follow. */
  readonly name: string;
  readonly about: string;
}

/** What a command is called with. */
export interface Call<O extends Options> {
  readonly args: readonly string[];
  readonly options: OptionValues<O>;
  readonly terminal: Terminal;
  /** Absolute path of the folder that the person is in. */
  readonly folder: string;
  /** Aborted on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** A command as data: parsing, help and the reference page are made from it. */
export interface Command<O extends Options = Options> {
  /** As it is typed: `clone`, `evidence verify`. */
  readonly name: string;
  readonly about: string;
  /** What a person should know besides, a few sentences. */
  readonly detail?: string;
  /** One command line to paste. */
  readonly example: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options: O;
  /** True: everything from the first argument on belongs to another program. */
  readonly passesRestThrough?: boolean;
  /** The exit code of every failure; by the failure's own kind unless given. */
  readonly failureExitCode?: number;
  /** @returns the exit code; a failure is printed, and its code decides the exit code */
  run(call: Call<O>): Promise<Result<number>>;
}

/** Infers the types of a command's options. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
  // Only the program makes calls, and it makes each from the options of this very command.
  return command as unknown as Command;
}

/** `--dry-run` */
export function flag(about: string): OptionSpec<boolean> {
  return { about, parse: () => true, fallback: false };
}

/** `--name <name>`, undefined unless given. */
export function text(placeholder: string, about: string): OptionSpec<string | undefined> {
  return {
    placeholder,
    about,
    parse: (given) => {
      if (given === '') throw new OptionError('must not be empty');
      return given;
    },
    fallback: undefined,
  };
}

/** `--port <port>`, undefined unless given. */
export function port(about: string): OptionSpec<number | undefined> {
  return {
    placeholder: 'port',
    about,
    parse: (given) => {
      const number = Number(given);
      if (!/^\d+$/.test(given) || number < 1 || number > 65_535) throw new OptionError('must be a port, 1 to 65535');
      return number;
    },
    fallback: undefined,
  };
}

/** `--shell <sh|json>` */
export function choice<const W extends string>(placeholder: string, words: readonly W[], fallback: W, about: string): OptionSpec<W> {
  return {
    placeholder,
    about: `${about} (${words.join(', ')}; ${fallback} unless given)`,
    parse: (given) => {
      const word = words.find((known) => known === given);
      if (word === undefined) throw new OptionError(`must be ${words.join(' or ')}`);
      return word;
    },
    fallback,
  };
}

/** `--exclude <objects>`: names separated by commas that stand outside of quotes and parentheses. Undefined unless given. */
export function list(placeholder: string, about: string): OptionSpec<readonly string[] | undefined> {
  return {
    placeholder,
    about,
    parse: (given) => {
      const parts = splitNames(given);
      if (parts.length === 0 || parts.includes('')) throw new OptionError('must be names separated by commas');
      return parts;
    },
    fallback: undefined,
  };
}

/** `--only-class <classes>`: some of the known words. Undefined unless given. */
export function listOf<const W extends string>(placeholder: string, words: readonly W[], about: string): OptionSpec<readonly W[] | undefined> {
  return {
    placeholder,
    about: `${about} (${words.join(', ')})`,
    parse: (given) =>
      given.split(',').map((part) => {
        const word = words.find((known) => known === part.trim());
        if (word === undefined) throw new OptionError(`must be some of ${words.join(', ')}`);
        return word;
      }),
    fallback: undefined,
  };
}

/** @example splitNames('public.f(integer, text), public."a,b"') // two names */
function splitNames(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (const token of scan(text)) {
    if (token.kind === 'open') depth++;
    else if (token.kind === 'close') depth--;
    else if (depth === 0 && text.slice(token.start, token.end) === ',') {
      parts.push(text.slice(from, token.start).trim());
      from = token.end;
    }
  }
  return [...parts, text.slice(from).trim()];
}

/** Options that several commands have, written once. */
export const configOption = text('file', 'Configuration file; found in this folder or above unless given.');
export const jsonOption = flag('Print one JSON document instead of text.');
export const dryRunOption = flag('Say what would be done, and do nothing.');
export const ownServerOption = flag('A server of its own, even where the configuration names an existing one (target).');
