import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { RunResult } from '../rehearsal/rehearse.ts';
import type { WrittenReport } from '../report/terminal-verdict.ts';

/** Where the report and the evidence of a run are, as seen from the folder that the person is in. */
export function reportsOf({ reportFile, runFolder }: Pick<RunResult, 'reportFile' | 'runFolder'>, folder: string): readonly WrittenReport[] {
  const shown = (path: string) => {
    const near = relative(folder, path);
    return near.startsWith('..') ? path : near;
  };
  return [...(existsSync(reportFile) ? [{ title: 'HTML report', path: shown(reportFile) }] : []), { title: 'Evidence', path: shown(runFolder) }];
}
