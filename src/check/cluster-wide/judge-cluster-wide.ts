import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { clusterWide } from './about.ts';

export const clusterWideCheck: RecordingCheck = { about: clusterWide, rootCause: 'privileges', judge: judgeClusterWide };

/** Command tags of statements whose effect doesn't end with the database. */
const tags = /^(CREATE|ALTER|DROP) (ROLE|DATABASE|TABLESPACE|SUBSCRIPTION)$|^ALTER SYSTEM$|^(GRANT|REVOKE) ROLE$|^REASSIGN OWNED$|^DROP OWNED$/;

function judgeClusterWide(run: RecordedRun): readonly Sighting[] {
  return run.recording.statements.flatMap((statement): readonly Sighting[] => {
    const { tag } = statement;
    if (tag === undefined || !tags.test(tag)) return [];
    return [
      {
        weight: 'full',
        object: { kind: 'server', name: tag.toLowerCase() },
        title: `${tag} changes the server, not only the database`,
        detail: `${showStatement(statement)}.`,
        statement,
      },
    ];
  });
}
