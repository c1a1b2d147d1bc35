import { relative } from 'node:path';
import { ok } from '../../core/result.ts';
import { listRuns } from '../../evidence/list-runs.ts';
import { showDuration } from '../../report/measures.ts';
import { configOption, defineCommand, jsonOption } from '../command.ts';
import { findRunsFolder } from '../find-run.ts';
import { moment, table } from '../table.ts';

const scopeWords = { 'way-back': ' (way back only)', preflight: ' (preflight)', sync: ' (sync of staging)' } as const;

export const runs = defineCommand({
  name: 'runs',
  about: 'List the recorded rehearsals and preflights of this project, the newest first.',
  example: 'pgrehearse runs',
  options: { config: configOption, json: jsonOption },
  async run({ options, terminal, folder }) {
    const runsFolder = await findRunsFolder(folder, options.config);
    if (!runsFolder.ok) return runsFolder;
    const listed = await listRuns(runsFolder.value);
    if (!listed.ok) return listed;
    if (options.json) terminal.printJson(listed.value);
    else if (listed.value.length === 0) terminal.note(`No runs in ${runsFolder.value}.`);
    else {
      const rows = listed.value.map((run) => [
        run.runId,
        run.startedAt === undefined ? '' : moment(run.startedAt),
        `${run.decision ?? run.verdict ?? 'not finished'}${run.scope === undefined ? '' : scopeWords[run.scope]}`,
        run.rootCause ?? '',
        run.durationMs === undefined ? '' : showDuration(run.durationMs),
        relative(folder, run.folder),
      ]);
      for (const line of table(['RUN', 'STARTED (UTC)', 'VERDICT', 'ROOT CAUSE', 'TOOK', 'FOLDER'], rows)) terminal.print(line);
    }
    return ok(0);
  },
});
