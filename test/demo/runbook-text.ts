import { loadSettings } from '../../src/config/load-settings.ts';
import { makeRunbook, runbookForms } from '../../src/rehearsal/runbook/make-runbook.ts';
import { readOriginMark } from '../../src/report/runbook/origin-mark.ts';
import { unwrap } from '../support/unwrap.ts';

/** What a run adds to the lines that are there without one, or says otherwise. */
const ofRun = /rehears|<!--|^\| \d|\b(?:unknown|evidence)\b/;

/**
 * The lines that a runbook would have if it were written now, without a run, and that the committed one hasn't at their place. Its figures are those of a run that
 * isn't on this machine, and its hash of the configuration holds defaults too, so that it changes with the program: both are left out.
 */
export async function outdatedLines(folder: string, committed: string): Promise<readonly string[]> {
  const { settings, folder: project } = unwrap(await loadSettings(folder));
  const made = unwrap(await makeRunbook({ settings, folder: project }));
  const lines = committed.split('\n');
  const outdated = readOriginMark(committed)?.migrationsSha256 === made.made.migrationsSha256 ? [] : ['the migrations, or their ways back'];
  let at = 0;
  for (const line of runbookForms.markdown(made).split('\n')) {
    // A run adds its answer behind, and its time into the brackets.
    const start = line.replace(/(?:<br>)?Not rehearsed.*$/, '').replace(/\)\*\*$|\)$/, '');
    if (start === '' || ofRun.test(start)) continue;
    const found = lines.findIndex((one, index) => index >= at && one.startsWith(start));
    if (found === -1) outdated.push(line);
    else at = found + 1;
  }
  return outdated;
}
