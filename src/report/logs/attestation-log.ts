import { countOf } from '../../core/count-of.ts';
import { eventsOf, gatesNamed, type LogBody, type LogInput, whyNot } from './log-input.ts';

/** Where the clone came from, how true a copy it is, and what was attested. */
export function attestationLog({ summary, entries }: LogInput): LogBody {
  const { source, cloned, copy, repo, cloneComplete, attestations } = summary;
  const gates = gatesNamed(summary, 'backup', 'isolation', 'lineage-heads', 'server-check', 'fidelity-losses', 'roles-fidelity', 'schema-fidelity');
  if (cloned === undefined) return { notDone: whyNot(summary, 'provision', 'no clone was made'), gates, lines: [] };
  const said = eventsOf(entries, 'step').filter(({ event }) => event.phase === 'preconditions' || event.phase === 'provision');
  const lines = [
    ...(source === undefined ? [] : [`The copy shows production at one instant: ${cloned.dataAsOf}. Size of the source: ${source.sizeBytes} bytes.`]),
    ...(cloneComplete === undefined ? [] : [`T0: the clone was complete at ${cloneComplete.at}, with its log at ${cloneComplete.lsn}.`]),
    ...attestations.map(
      ({ what, by, at, text }) =>
        `Attested by ${by}, ${at} (${what === 'backup' ? 'backup or PITR' : what === 'source' ? 'the clone that was read' : 'isolation'}): ${text}`,
    ),
    ...(copy === undefined
      ? []
      : [
          `Copied: ${countOf(copy.rows, 'row')} of ${countOf(copy.sourceCounts.length, 'table')}; structure read by ${copy.ddlBy}.`,
          ...(copy.fromImage === undefined ? [] : [`The copy was made earlier, ${copy.fromImage.madeAt}, as image ${copy.fromImage.id}.`]),
          copy.masking === undefined ? 'Nothing was masked on the way.' : `Masked on the way: ${countOf(copy.masking.columns.length, 'column')}.`,
          ...copy.losses.map(({ object, message }) => `Lost on the way: ${object.kind} ${object.name}: ${message}`),
        ]),
    ...(source === undefined ? [] : source.unknown.map((what) => `Not known of the source: ${what}`)),
    ...(repo === undefined
      ? []
      : [
          `Migrations of the repo, by ${repo.tool}: ${repo.migrations.length}.`,
          ...repo.migrations.map(({ revision, file, sha256 }) => `  ${revision}  ${file}  sha256 ${sha256}`),
        ]),
    ...said.map(({ at, event }) => `${at}  ${event.text}`),
  ];
  const asked = new Set(gates.filter(({ outcome }) => outcome !== 'not-applicable').map(({ gate }) => gate));
  const missing = [...(asked.has('isolation') ? [] : ['isolation of the clone']), ...(asked.has('backup') ? [] : ['backup or PITR'])];
  return { gates, missing, lines };
}
