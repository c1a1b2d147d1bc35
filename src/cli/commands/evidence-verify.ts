import { resolve } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import { ok } from '../../core/result.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { signatureChecker } from '../../evidence/signing/verify-signature.ts';
import { type Verification, verifyEvidence } from '../../evidence/verify-evidence.ts';
import { configOption, defineCommand, jsonOption, OptionError, type OptionSpec } from '../command.ts';
import { findRun } from '../find-run.ts';

const root: OptionSpec<string | undefined> = {
  placeholder: 'hash',
  about: 'The root hash that was printed when the run ended, and was kept elsewhere.',
  parse: (given) => {
    if (!/^[0-9a-f]{64}$/i.test(given)) throw new OptionError('must be 64 hexadecimal digits');
    return given.toLowerCase();
  },
  fallback: undefined,
};

const signers: OptionSpec<readonly string[] | undefined> = {
  placeholder: 'files',
  about: 'Who may sign: files of allowed signers (ssh-keygen) or public keys (minisign), separated by commas; evidence.signers unless given.',
  parse: (given) => {
    const files = given.split(',').map((file) => file.trim());
    if (files.includes('')) throw new OptionError('must be files separated by commas');
    return files;
  },
  fallback: undefined,
};

export const evidenceVerify = defineCommand({
  name: 'evidence verify',
  about: 'Prove that the record of a run is whole and unaltered.',
  detail:
    'With the root hash, or a signature and those who may sign, it finds any altered, missing or added byte. Without either it says what it can’t show; where there are signers, a run that none of them has signed is not clean. ' +
    'Exit code 0 when nothing was altered, 1 when something was.',
  example: 'pgrehearse evidence verify .pgrehearse/runs/20261121-024500-7f3a --root b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  arguments: [{ name: '[run]', about: 'Run, or its folder; the newest unless given.' }],
  options: { root, signers, config: configOption, json: jsonOption },
  async run({ args: [named], options, terminal, folder }) {
    const run = await findRun(folder, options.config, named);
    if (!run.ok) return run;
    const allowed = options.signers?.map((file) => resolve(folder, file)) ?? (await configuredSigners(folder, options.config));
    const checkSignature = signatureChecker(makeEdge().system, allowed);
    const verified = await verifyEvidence(run.value, {
      checkSignature,
      mustBeSigned: allowed.length > 0,
      ...(options.root === undefined ? {} : { root: options.root }),
    });
    if (!verified.ok) return verified;
    if (options.json) terminal.printJson({ folder: run.value, ...verified.value });
    else for (const line of told(run.value, verified.value, options.root !== undefined)) terminal.print(line);
    return ok(verified.value.problems.length === 0 ? 0 : 1);
  },
});

/** Evidence outlives configurations: where there is none, nobody is known. */
async function configuredSigners(folder: string, configFile: string | undefined): Promise<readonly string[]> {
  const loaded = await loadSettings(folder, configFile);
  return loaded.ok ? loaded.value.settings.evidence.signers.map((file) => resolve(loaded.value.folder, file)) : [];
}

function told(folder: string, { problems, notShown, remarks, entries, files, rootSha256, signedBy }: Verification, rootGiven: boolean): readonly string[] {
  const head =
    problems.length > 0
      ? [`${folder} was altered:`, ...problems.map((problem) => `  ${problem}`)]
      : [`${folder} is whole and unaltered: ${entries} journal entries, ${files} files.`];
  return [
    ...head,
    ...(rootSha256 === undefined ? [] : [`Root hash: ${rootSha256}${rootGiven && problems.length === 0 ? ', the one that was given' : ''}`]),
    ...(signedBy === undefined ? [] : [`Signed by ${signedBy}.`]),
    ...(problems.length > 0 ? [] : notShown.map((what) => `Not shown: ${what}`)),
    ...remarks,
  ];
}
