import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EvidenceSettings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { SystemPort } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { SignatureFile } from '../../core/signature-file.ts';
import { manifestFile, signatureFiles } from '../artifact-path.ts';
import { minisignComment } from './armour.ts';
import { lastWord, namespace, runTool } from './signing-tool.ts';

export type SigningSettings = NonNullable<EvidenceSettings['signing']>;

/** A key that was tried: what it signs is going to be signed. */
export interface Signing {
  readonly signature: SignatureFile;
  /** Signs the manifest of a sealed run folder. Fails with `signature-not-made`. */
  sign(runFolder: string): Promise<Result<void>>;
}

/**
 * Makes sure, by a signature of nothing, that the configured key can sign: before the verdict, since a run whose signature can't be made is no PASS.
 *
 * Fails with `signature-not-made`.
 *
 * @param runFolder where the trial is made and removed again
 * @param projectFolder from which the key's path goes
 * @param hide is told the key's password before anything is done with it
 */
export async function prepareSigning(
  system: SystemPort,
  settings: SigningSettings,
  { runFolder, projectFolder, hide }: { readonly runFolder: string; readonly projectFolder: string; readonly hide?: (secret: Secret) => void },
): Promise<Result<Signing>> {
  const tool = toolOf(system, settings, projectFolder);
  if (!tool.ok) return tool;
  if (tool.value.password !== undefined) hide?.(tool.value.password);
  const trial = await mkdtemp(join(runFolder, 'signing-'));
  try {
    const key = await tool.value.whose(trial);
    if (!key.ok) return key;
    const file = join(trial, 'trial');
    await writeFile(file, 'Whether this key can sign.\n', { mode: 0o600 });
    // Telling whose it is has opened a locked key already; minisign needs seconds and a gigabyte for each time.
    const tried = tool.value.password === undefined ? await tool.value.sign(file, join(trial, 'trial.sig')) : ok();
    if (!tried.ok) return tried;
    const { by } = tool.value;
    const signature: SignatureFile = { by, file: signatureFiles[by], key: key.value };
    return ok({
      signature,
      async sign(folder) {
        const file = join(folder, signature.file);
        const signed = await tool.value.sign(join(folder, manifestFile), file);
        if (signed.ok) await chmod(file, 0o600);
        return signed;
      },
    });
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}

interface SigningTool {
  readonly by: SignatureFile['by'];
  readonly password?: Secret;
  sign(file: string, signatureFile: string): Promise<Result<void>>;
  /** What the key is known by. */
  whose(scratch: string): Promise<Result<string>>;
}

function toolOf(system: SystemPort, { ssh, minisign }: SigningSettings, projectFolder: string): Result<SigningTool> {
  if (ssh !== undefined) return ok(withSsh(system, resolve(projectFolder, ssh.key)));
  if (minisign === undefined) throw new Error('neither ssh nor minisign');
  const { passwordVariable, key } = minisign;
  if (passwordVariable === undefined) return ok(withMinisign(system, resolve(projectFolder, key), undefined));
  const password = system.environment(passwordVariable);
  if (password === undefined) return fail(notMade(`the environment variable ${passwordVariable} is not set`));
  return ok(withMinisign(system, resolve(projectFolder, key), new Secret(password)));
}

function withSsh(system: SystemPort, key: string): SigningTool {
  return {
    by: 'ssh',
    async sign(file, signatureFile) {
      if (signatureFile !== `${file}.sig`) throw new Error('ssh-keygen chooses the name of a signature itself');
      // An older one would make it ask whether to overwrite it.
      await rm(signatureFile, { force: true });
      return ended(await runTool(system, 'ssh-keygen', ['-Y', 'sign', '-f', key, '-n', namespace, file]), key);
    },
    async whose() {
      const told = await runTool(system, 'ssh-keygen', ['-l', '-E', 'sha256', '-f', key]);
      const good = ended(told, key);
      if (!good.ok) return good;
      const fingerprint = told.ok ? /SHA256:[A-Za-z0-9+/]+/.exec(told.value.stdout)?.[0] : undefined;
      return fingerprint === undefined ? fail(notMade(`ssh-keygen tells no fingerprint of ${key}`)) : ok(fingerprint);
    },
  };
}

function withMinisign(system: SystemPort, key: string, password: Secret | undefined): SigningTool {
  // Over stdin, once for each time that it is asked for: arguments are seen by every user of the machine.
  const typed = password === undefined ? {} : { input: `${password.reveal()}\n` };
  return {
    by: 'minisign',
    ...(password === undefined ? {} : { password }),
    async sign(file, signatureFile) {
      const args = ['-S', '-s', key, '-m', file, '-x', signatureFile, '-c', minisignComment, '-t', 'pgrehearse'];
      return ended(await runTool(system, 'minisign', args, typed), key);
    },
    async whose(scratch) {
      const file = join(scratch, 'key.pub');
      const good = ended(await runTool(system, 'minisign', ['-R', '-f', '-s', key, '-p', file], typed), key);
      if (!good.ok) return good;
      const line = (await readFile(file, 'utf8')).split('\n')[1]?.trim() ?? '';
      return line === '' ? fail(notMade(`minisign tells no public key of ${key}`)) : ok(line);
    },
  };
}

function ended(ran: Awaited<ReturnType<typeof runTool>>, key: string): Result<void> {
  if (!ran.ok) return fail(notMade(`${ran.failure.message}`, ran.failure.cure));
  if (ran.value.exitCode === 0) return ok();
  return fail(notMade(`${key} could not sign: ${lastWord(ran.value)}`));
}

function notMade(why: string, cure?: string) {
  return failure('signature-not-made', `The run could not be signed: ${why}.`, cure === undefined ? {} : { cure });
}
