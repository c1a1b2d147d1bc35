import { createHash } from 'node:crypto';
import { shellWord } from '../../core/shell-word.ts';
import { visible } from '../../core/visible-text.ts';

/** What a deploy of the rehearsed release does to production: all that its transcript is made from. */
export interface Deploy {
  /** The role as which it is done; absent: not known. */
  readonly role?: string;
  /** The team's own command, where that applies the migrations; absent where their statements are run one by one. */
  readonly command?: {
    readonly argv: readonly string[];
    /** Relative to the project. */
    readonly folder: string;
    /** Names of the variables that it is given. */
    readonly environment: readonly string[];
  };
  /** Set where production has no list of applied migrations: it is given one first. */
  readonly stamp?: {
    readonly revision: string;
    /** The tool's own command; empty where rows are written into the list. */
    readonly argv: readonly string[];
  };
  /** What is pending, in order. */
  readonly migrations: readonly DeployedMigration[];
}

export interface DeployedMigration {
  readonly revision: string;
  /** Relative to the project. */
  readonly file: string;
  /** Of the file. */
  readonly sha256: string;
  /** SQL of the way up. Empty where only the tool can read it. */
  readonly up: string;
  /** False: as the file stands, without a transaction around it. */
  readonly inTransaction: boolean;
}

/**
 * deploy-transcript.txt: exactly what is going to be run on production, and nothing else. No time, no name of a machine, no order but the deploy's own:
 * the same migrations and settings always give the same bytes, so that an approver signs its hash and a later look recomputes it.
 */
export function deployTranscript({ role, command, stamp, migrations }: Deploy): string {
  const order = migrations.map(({ revision, file, sha256 }, index) => visible(`-- ${index + 1}. ${revision}  ${file}  sha256 ${sha256}`));
  const first =
    stamp === undefined
      ? []
      : [
          '',
          `-- First the list of applied migrations is made, and says ${stamp.revision}:`,
          stamp.argv.length === 0 ? '-- by rows of the list itself' : stamp.argv.map(shellWord).join(' '),
        ];
  const head = ['-- What is run on production, in this order.', `-- Role: ${role ?? 'not named'}`, `-- Migrations: ${migrations.length}`, ...order, ...first];
  if (command !== undefined) {
    const variables = command.environment.length === 0 ? 'none' : [...command.environment].sort().join(', ');
    const run = [
      '',
      '-- The command, which itself decides what it runs:',
      `-- Folder: ${command.folder}`,
      `-- Variables: ${variables}`,
      command.argv.map(shellWord).join(' '),
    ];
    return `${[...head, ...run].join('\n')}\n`;
  }
  const bodies = migrations.flatMap(({ revision, up, inTransaction }) => [
    '',
    `-- ${visible(revision)}, ${inTransaction ? 'in one transaction' : 'as it stands, without a transaction around it'}`,
    up.trim(),
  ]);
  return `${[...head, ...bodies].join('\n')}\n`;
}

/** The hash that an approver signs: SHA-256 of the transcript's UTF-8 bytes, in hex; `sha256sum deploy-transcript.txt` prints the same. */
export function transcriptSha256(transcript: string): string {
  return createHash('sha256').update(transcript, 'utf8').digest('hex');
}
