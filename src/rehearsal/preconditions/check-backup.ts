import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupWord, judgeBackup } from '../../check/backup/judge-backup.ts';
import { readArchiver } from '../../check/backup/read-archiver.ts';
import type { BackupSettings } from '../../config/settings/isolation.ts';
import { SqlError } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { report } from '../run.ts';

/**
 * Says whether there is a backup, as the team has it found out. Nothing is said where nothing is configured.
 *
 * @param folder the project's
 * @param source absent where production isn't read in this run
 */
export async function checkBackup(context: Context, settings: BackupSettings | undefined, folder: string, source: OpenSource | undefined): Promise<void> {
  if (settings === undefined) return;
  const word = await ask(context, settings, folder, source);
  if (word.kind === 'attested') context.emit({ type: 'attested', what: 'backup', by: word.by, at: word.at, text: word.text });
  report(context, judgeBackup({ word, maxAgeHours: settings.maxAgeHours, now: context.now() }));
}

async function ask(
  context: Context,
  { attestation, command, timeoutSeconds }: BackupSettings,
  folder: string,
  source: OpenSource | undefined,
): Promise<BackupWord> {
  if (attestation !== undefined) {
    const text = await readAttestation(attestation, folder);
    return text === undefined
      ? { kind: 'unknown', why: `${attestation.attestationFile} can’t be read` }
      : { kind: 'attested', by: attestation.by, at: attestation.at, text };
  }
  if (command !== undefined) return await askCommand(context, command, folder, timeoutSeconds);
  if (source?.kind !== 'live') return { kind: 'unknown', why: 'production is not read in this run, so that its archiver can’t be asked' };
  if (source.facts.kind !== 'url') return { kind: 'unknown', why: 'the source is a copy of production, whose archiver is another one' };
  try {
    return { kind: 'archiver', ...(await readArchiver(source.session)) };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { kind: 'unknown', why: `pg_stat_archiver can’t be read: ${error.fields.message}` };
  }
}

async function askCommand(context: Context, [program, ...args]: readonly string[], folder: string, timeoutSeconds: number): Promise<BackupWord> {
  if (program === undefined) throw new Error('the command has no program');
  const ran = await context.edge.system.run({
    ...{ command: program, args, cwd: folder, inheritEnvironment: true },
    ...{ timeoutMs: timeoutSeconds * 1000, signal: context.signal },
  });
  if (!ran.ok) return { kind: 'unknown', why: ran.failure.message };
  const { exitCode, stdout, stderr } = ran.value;
  return {
    kind: 'command',
    command: [program, ...args].join(' '),
    exitCode,
    ...(exitCode === 0 ? { output: stdout, besides: stderr } : { output: `${stdout}\n${stderr}` }),
  };
}

/** The words of an attestation; undefined where their file can't be read. */
export async function readAttestation(
  { attestation, attestationFile }: { readonly attestation?: string | undefined; readonly attestationFile?: string | undefined },
  folder: string,
): Promise<string | undefined> {
  if (attestation !== undefined || attestationFile === undefined) return attestation;
  const text = await readFile(join(folder, attestationFile), 'utf8').catch(() => undefined);
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
