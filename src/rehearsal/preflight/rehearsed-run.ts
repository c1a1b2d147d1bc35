import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import type { PreflightedRun } from '../../core/preflight.ts';
import { type Known, type Production, productionFormat } from '../../core/production.ts';
import { ok, type Result } from '../../core/result.ts';
import { summarise } from '../../core/run-summary.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { readEvidence } from '../../evidence/read-evidence.ts';
import { signatureChecker } from '../../evidence/signing/verify-signature.ts';
import { verifyEvidence } from '../../evidence/verify-evidence.ts';
import type { EvidenceState } from '../../preflight/judge/judge-evidence.ts';
import { type CapturedCatalog, captureFormat } from '../../schema/captured-catalog.ts';
import { deployTranscriptFile } from '../write-evidence.ts';
import { catalogFile, productionFile } from './record-production.ts';

/** A rehearsal as its folder holds it. */
export interface RehearsedRun {
  readonly evidence: EvidenceState;
  readonly told: PreflightedRun;
  readonly production: Known<Production>;
  readonly catalog: Known<CapturedCatalog>;
  readonly transcriptSha256: string | undefined;
}

/** Reads a run's record and proves it. Fails with `evidence-not-found` and `evidence-damaged` where there is no record at all. */
export async function readRehearsedRun(
  context: Context,
  runFolder: string,
  { settings, folder, root }: { readonly settings: Pick<Settings, 'evidence'>; readonly folder: string; readonly root: string | undefined },
): Promise<Result<RehearsedRun>> {
  const evidence = await readEvidence(runFolder);
  if (!evidence.ok) return evidence;
  const signers = settings.evidence.signers.map((file) => join(folder, file));
  const checkSignature = signatureChecker(context.edge.system, signers);
  const verified = await verifyEvidence(runFolder, { checkSignature, mustBeSigned: signers.length > 0, ...withoutUndefined({ root }) });
  if (!verified.ok) return verified;
  const { rootSha256, problems } = verified.value;
  const summary = summarise(evidence.value.entries);
  // What isn't sealed isn't in the manifest, whatever lies in the folder.
  const sealed = new Map(evidence.value.manifest?.artifacts.map((artifact) => [artifact.path, artifact.sha256]));
  const transcriptSha256 = sealed.get(deployTranscriptFile);
  return ok({
    evidence: { summary, problems, ...withoutUndefined({ rootSha256 }) },
    told: {
      runId: summary.header?.runId ?? 'unknown',
      ...withoutUndefined({ endedAt: summary.endedAt, verdict: summary.verdict?.kind, rootSha256, transcriptSha256 }),
    },
    production: sealed.has(productionFile)
      ? await readJson<Production>(runFolder, productionFile, isProduction)
      : { unknown: 'the rehearsal’s record holds no production.json' },
    catalog: sealed.has(catalogFile)
      ? await readJson<CapturedCatalog>(runFolder, catalogFile, isCatalog)
      : { unknown: 'the rehearsal’s record holds no catalogs' },
    transcriptSha256,
  });
}

async function readJson<T>(runFolder: string, name: string, isRight: (value: unknown) => boolean): Promise<Known<T>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(runFolder, name), 'utf8'));
    return isRight(value) ? { value: value as T } : { unknown: `${name} was written by another version of pgrehearse` };
  } catch {
    return { unknown: `${name} can’t be read` };
  }
}

function isProduction(value: unknown): boolean {
  return (value as Partial<Production> | null)?.format === productionFormat;
}

function isCatalog(value: unknown): boolean {
  return (value as Partial<CapturedCatalog> | null)?.format === captureFormat;
}
