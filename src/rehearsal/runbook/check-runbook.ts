import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../core/result.ts';
import type { RunbookDocument } from '../../report/runbook/document.ts';
import { readOriginMark, textSha256 } from '../../report/runbook/origin-mark.ts';
import { makeRunbook, newestDeployRun, type RunbookForm, type RunbookWanted, runbookForms } from './make-runbook.ts';

export interface RunbookCheck extends Omit<RunbookWanted, 'runFolder'> {
  readonly text: string;
  readonly form: RunbookForm;
  readonly runsFolder: string;
}

/** Whether a runbook's file says what would be written now. */
export interface RunbookStanding {
  /** Why it is out of date: a sentence each. Empty: it isn't. */
  readonly outdated: readonly string[];
  /** What is worth knowing besides. */
  readonly notes: readonly string[];
}

/**
 * Holds a runbook's file against the configuration, the migrations and the run that it names. Times differ with every run, so that a newer run alone makes no
 * file old; one with another verdict does. Where its run isn't on this machine, as in CI, its figures can't be compared, and that is told.
 *
 * Fails with what making a runbook fails with.
 */
export async function checkRunbook({ text: written, form, runsFolder, ...wanted }: RunbookCheck): Promise<Result<RunbookStanding>> {
  // As git may check it out.
  const text = written.replaceAll('\r\n', '\n');
  const said = readOriginMark(text);
  if (said === undefined) return ok({ outdated: ['It doesn’t say what it was made from, so that `pgrehearse runbook` didn’t write it.'], notes: [] });
  const runFolder = said.evidence === undefined ? undefined : join(runsFolder, said.evidence.runId);
  const isHere = runFolder === undefined || existsSync(join(runFolder, 'journal.jsonl'));
  const made = await makeRunbook({ ...wanted, ...(runFolder !== undefined && isHere ? { runFolder } : {}) });
  if (!made.ok) return made;
  const newest = await newestDeployRun(runsFolder);
  if (!newest.ok) return newest;
  const outdated: string[] = [];
  const notes: string[] = [];
  const now = made.value.made;
  if (said.configSha256 !== now.configSha256) outdated.push('The configuration has changed since it was written.');
  if (said.migrationsSha256 !== now.migrationsSha256) outdated.push('The migrations have changed since it was written.');
  const isEdited = said.textSha256 !== undefined && said.textSha256 !== textSha256(text);
  if (!isHere && isEdited) outdated.push('Its text isn’t what was written: it was edited by hand.');
  if (!isHere) notes.push(`Run ${said.evidence?.runId} isn’t on this machine: its figures could not be compared.`);
  else if (outdated.length === 0 && rendered(made.value, form) !== text)
    outdated.push('Its text isn’t what would be written now: it was edited by hand, or its run’s evidence has changed.');
  if (newest.value !== undefined && newest.value.runId !== said.evidence?.runId && newest.value.runId > (said.evidence?.runId ?? '')) {
    const { runId, verdict } = newest.value;
    if (said.evidence === undefined) outdated.push(`It says that nothing was rehearsed; run ${runId} was.`);
    else if (verdict !== said.evidence.verdict) outdated.push(`The newest run, ${runId}, ended with ${verdict}; it tells of ${said.evidence.verdict}.`);
    else notes.push(`There is a newer run, ${runId}, with the same verdict.`);
  }
  return ok({ outdated, notes });
}

function rendered(document: RunbookDocument, form: RunbookForm): string {
  return runbookForms[form](document);
}
