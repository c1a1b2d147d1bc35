import type { Resumable } from '../../cluster/resumable-load.ts';
import type { LoadProgress } from '../../copy/dump/load-record.ts';
import { surveyLoad } from '../../copy/dump/survey-load.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import { withSession } from '../with-session.ts';

/** A load that can be gone on with: what it tells while it loads, and by what a later attempt takes it up. */
export interface ResumingLoad {
  readonly progress: LoadProgress;
  readonly resumable: Resumable;
}

/** Undefined where it has to begin again: only the files of a dump folder can be told to be there one by one. @param key undefined: what is loaded can't be told */
export function resumingLoad(context: Context, source: OpenSource, key: string | undefined): ResumingLoad | undefined {
  if (source.kind !== 'folder' || key === undefined) return undefined;
  const progress: LoadProgress = { tables: 0, of: 0, finished: false };
  return {
    progress,
    resumable: {
      key,
      reached: () => (progress.tables === 0 || progress.finished ? undefined : `${progress.tables} of ${progress.of} tables`),
      survey: (admin) => withSession(context, admin, async (session) => ok(await surveyLoad(session, source.manifest, progress))),
    },
  };
}
