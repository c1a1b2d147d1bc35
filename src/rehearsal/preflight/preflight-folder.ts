import { ignoreItself } from '../../config/git-ignore.ts';
import type { RunHeader } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { PreflightReport } from '../../core/preflight.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { openRunFolder } from '../../evidence/run-folder.ts';
import { settingsSecrets } from '../../evidence/settings-secrets.ts';
import { prepareSigning } from '../../evidence/signing/prepare-signing.ts';
import { keepTranscript } from '../../evidence/transcript/keep-transcript.ts';
import { renderTranscript } from '../../evidence/transcript/render-transcript.ts';
import { transcribedEdge } from '../../evidence/transcript/transcribed-edge.ts';
import { runsFolderOf } from '../record-run.ts';
import { runHeader } from '../run-header.ts';
import { writeSealedReports } from '../write-report.ts';
import type { PreflightRequest, PreflightResult } from './preflight-request.ts';

/** The record of a preflight under way. */
export interface PreflightFolder {
  readonly context: Context;
  /** What it said of itself when it began: the project's commit and configuration too. */
  readonly header: RunHeader;
  redact(text: string): string;
  writeArtifact(path: string, title: string, content: string): Promise<void>;
  /** Writes the decision, the reports made from it, the transcript, and the manifest; signs it where runs are signed. */
  close(report: PreflightReport): Promise<PreflightResult>;
}

/** Opens the run folder of a preflight and says `run-started`; no address: production wasn't reached. Fails with `evidence-not-written`. */
export async function openPreflightFolder(
  outside: Context,
  request: PreflightRequest,
  { address: production, label }: { readonly label: string; readonly address: Address | undefined },
): Promise<Result<PreflightFolder>> {
  const { settings, folder: projectFolder } = request;
  const keeper = keepTranscript({ now: outside.now, production });
  const context: Context = { ...outside, edge: transcribedEdge(outside.edge, keeper) };
  const header = await runHeader(outside, request, { source: label, scope: 'preflight' });
  const secrets = [
    ...outside.edge.system.environmentSecrets(),
    ...settingsSecrets(settings),
    ...(production?.password === undefined ? [] : [production.password]),
  ];
  const runsFolder = runsFolderOf(request);
  const opened = await openRunFolder({ runsFolder, header, now: outside.now, secrets });
  if (!opened.ok) return opened;
  const folder = opened.value;
  await ignoreItself(runsFolder).catch(() => {});
  const emit: Context['emit'] = (event) => {
    keeper.hear(event);
    folder.record(event);
    outside.emit(folder.redact(event));
  };
  emit({ type: 'run-started', header });
  const writeArtifact = async (path: string, title: string, content: string) => {
    const written = await folder.writeArtifact(path, title, content);
    if (written.ok) emit({ type: 'artifact', artifact: written.value });
  };
  return ok({
    context: { ...context, runId: header.runId, emit },
    header,
    redact: (text) => folder.redact(text),
    writeArtifact,
    close: async (report) => {
      await writeArtifact('transcript.txt', 'Transcript: every command and statement of this preflight', renderTranscript(keeper.transcript()));
      const hide = (secret: Secret) => folder.hide(secret);
      const { signing } = settings.evidence;
      const prepared = signing === undefined ? undefined : await prepareSigning(outside.edge.system, signing, { runFolder: folder.path, projectFolder, hide });
      emit({ type: 'preflighted', report });
      const reportFile = await writeSealedReports(folder);
      const sealed = await folder.seal(prepared?.ok ? prepared.value.signature : undefined);
      const signed = sealed.ok && prepared?.ok ? await prepared.value.sign(folder.path) : prepared;
      const trouble: Failure | undefined = folder.trouble ?? (signed?.ok === false ? signed.failure : undefined);
      const rootSha256 = sealed.ok ? sealed.value.rootSha256 : undefined;
      return { report: withTrouble(report, trouble), runFolder: folder.path, reportFile, ...withoutUndefined({ trouble, rootSha256 }) };
    },
  });
}

/** A GO whose evidence is not whole is no GO. */
function withTrouble(report: PreflightReport, trouble: Failure | undefined): PreflightReport {
  if (trouble === undefined || report.decision !== 'GO') return report;
  return { ...report, decision: 'UNKNOWN', exitCode: 3, summary: `The record of this preflight is not whole: ${trouble.message}` };
}
