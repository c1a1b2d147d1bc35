import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemPort } from '../../core/ports.ts';
import type { SignatureFile } from '../../core/signature-file.ts';
import { manifestFile } from '../artifact-path.ts';
import type { SignatureCheck } from '../verify-evidence.ts';
import { isCanonicalMinisignSignature, isCanonicalSshSignature } from './armour.ts';
import { lastWord, namespace, runTool, said } from './signing-tool.ts';

/**
 * How `verifyEvidence` checks a signature: by ssh-keygen or minisign. Without signers it is shown that the key which the manifest names signed these
 * bytes, and not whose key that is.
 *
 * @param signers files: allowed signers as ssh-keygen has them (ALLOWED SIGNERS in its manual), or public keys of minisign
 */
export function signatureChecker(system: SystemPort, signers: readonly string[]) {
  return async (folder: string, signature: SignatureFile, manifest: Buffer): Promise<SignatureCheck> => {
    const text = await readFile(join(folder, signature.file), 'latin1');
    const spelled = signature.by === 'ssh' ? isCanonicalSshSignature(text) : isCanonicalMinisignSignature(text);
    if (!spelled) return { problems: [`${signature.file} was altered.`] };
    const asked: Asked = { system, folder, signature, manifest, signers };
    return signature.by === 'ssh' ? await bySsh(asked) : await byMinisign(asked);
  };
}

interface Asked {
  readonly system: SystemPort;
  readonly folder: string;
  readonly signature: SignatureFile;
  readonly manifest: Buffer;
  readonly signers: readonly string[];
}

async function bySsh({ system, folder, signature, manifest, signers }: Asked): Promise<SignatureCheck> {
  const file = join(folder, signature.file);
  const input = manifest.toString('utf8');
  // What is piped is text: bytes that aren't would arrive as others.
  if (!Buffer.from(input, 'utf8').equals(manifest)) return { problems: [`${manifestFile} is not text.`] };
  const good = await runTool(system, 'ssh-keygen', ['-Y', 'check-novalidate', '-n', namespace, '-s', file], { input });
  if (!good.ok) return unchecked(signature, signers, good.failure.message);
  if (good.value.exitCode !== 0) return { problems: [`${signature.file} is not a signature of this ${manifestFile}: ${lastWord(good.value)}.`] };
  if (!good.value.stdout.trim().endsWith(` ${signature.key}`)) return { problems: [`${signature.file} was made by another key than ${signature.key}.`] };
  for (const list of signers) {
    const found = said(await runTool(system, 'ssh-keygen', ['-Y', 'find-principals', '-s', file, '-f', list]));
    const principals = found.ok ? (found.value ?? '').split('\n').filter((line) => line !== '') : [];
    for (const principal of principals) {
      const verified = said(await runTool(system, 'ssh-keygen', ['-Y', 'verify', '-f', list, '-I', principal, '-n', namespace, '-s', file], { input }));
      if (verified.ok && verified.value !== undefined) return { problems: [], signedBy: principal };
    }
  }
  return strange(signature, signers);
}

async function byMinisign({ system, folder, signature, signers }: Asked): Promise<SignatureCheck> {
  const args = ['-V', '-q', '-m', join(folder, manifestFile), '-x', join(folder, signature.file)];
  const good = await runTool(system, 'minisign', [...args, '-P', signature.key]);
  if (!good.ok) return unchecked(signature, signers, good.failure.message);
  if (good.value.exitCode !== 0) return { problems: [`${signature.file} is not a signature of this ${manifestFile}: ${lastWord(good.value)}.`] };
  for (const key of signers) {
    const verified = said(await runTool(system, 'minisign', [...args, '-p', key]));
    if (verified.ok && verified.value !== undefined) return { problems: [], signedBy: key };
  }
  return strange(signature, signers);
}

function strange({ file, key }: SignatureFile, signers: readonly string[]): SignatureCheck {
  if (signers.length === 0) return { problems: [], notShown: `Whose key ${key} is, by which ${file} was made.` };
  return { problems: [`${file} was made by ${key}, which is none of the signers in ${signers.join(', ')}.`] };
}

/** Who asked for signers must not take a missing tool for a good signature. */
function unchecked({ file }: SignatureFile, signers: readonly string[], why: string): SignatureCheck {
  return signers.length === 0 ? { problems: [], notShown: `Whether ${file} is good: ${why}.` } : { problems: [`${file} could not be checked: ${why}.`] };
}
