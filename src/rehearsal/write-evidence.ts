import type { Settings } from '../config/schema.ts';
import type { Migration } from '../core/migration.ts';
import type { TranscriptKeeper } from '../evidence/transcript/keep-transcript.ts';
import { renderTranscript, renderTranscriptLines } from '../evidence/transcript/render-transcript.ts';
import { type RehearsedDeploy, transcriptOfDeploy } from './deploy-of-run.ts';

type WriteArtifact = (path: string, title: string, content: string) => Promise<void>;

/** Writes what the run did, and what a deploy would do. */
export async function writeTranscripts(
  write: WriteArtifact,
  keeper: TranscriptKeeper,
  settings: Settings,
  { pending, ...found }: Omit<RehearsedDeploy, 'pending'> & { readonly pending: readonly Migration[] | undefined },
): Promise<void> {
  const transcript = keeper.transcript();
  await write('transcript.txt', 'Transcript: every command and statement of this run', renderTranscript(transcript));
  await write('transcript.jsonl', 'Transcript for other programs', renderTranscriptLines(transcript));
  // Without a list of what is pending nobody knows what a deploy would do.
  if (pending === undefined) return;
  const revisions = pending.map(({ revision }) => revision);
  await write(deployTranscriptFile, 'Deploy transcript: what is run on production', transcriptOfDeploy(settings, pending, { pending: revisions, ...found }));
}

/** What an approver signs the hash of. */
export const deployTranscriptFile = 'deploy-transcript.txt';
