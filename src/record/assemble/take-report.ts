import type { RewriteReason } from '../../core/recording.ts';
import type { TriggerReport } from '../trigger-report.ts';
import { addUnobserved } from './add-unobserved.ts';
import type { StatementDraft } from './drafts.ts';
import { giveToWriter } from './give-to-writer.ts';
import { leaveScans } from './leave-scans.ts';
import type { RelationBook } from './relation-book.ts';
import { takeHeld } from './take-held.ts';

/** What an event trigger of the recorder's said while a statement ran. */
export function takeReport(book: RelationBook, statement: StatementDraft, report: TriggerReport): void {
  switch (report.event) {
    case 'rewrite':
      statement.reasons.set(report.relation, reasonsOf(report.reason));
      return;
    case 'dropped':
      statement.dropped ??= [];
      statement.dropped.push(...report.objects);
      for (const { relation } of report.objects) {
        if (relation === undefined) continue;
        book.use(relation);
        book.drop(relation, statement);
      }
      return;
    case 'failed':
      addUnobserved(statement, 'locks', `the recorder's event trigger failed with SQLSTATE ${report.sqlstate}`);
      return;
    case 'ddl':
      statement.lockTimeoutMs = report.lockTimeoutMs;
      statement.statementTimeoutMs = report.statementTimeoutMs;
      if (report.held !== undefined) {
        statement.facts = 'seen';
        takeHeld(book, statement, report.held.relations, 'event-trigger');
        const unseen = statement.transactionDraft.unseen.splice(0);
        giveToWriter(book, statement, unseen);
        if (leaveScans(book, statement, unseen)) addUnobserved(statement, 'scans', 'a statement sent together with it may have read the same table');
      }
      if (report.objects === undefined) {
        addUnobserved(statement, 'objects', 'the server could not name what the command made');
        return;
      }
      statement.created ??= [];
      for (const { tag, kind, name, relation } of report.objects) {
        if (!tag.startsWith('CREATE') && !tag.startsWith('SELECT')) continue;
        statement.created.push({ kind, name, ...(relation === undefined ? {} : { relation }) });
        if (relation !== undefined) book.use(relation);
      }
  }
}

/** PostgreSQL's bitmap, as in its documentation of pg_event_trigger_table_rewrite_reason. */
function reasonsOf(bitmap: number): readonly RewriteReason[] {
  const reasons: readonly (readonly [number, RewriteReason])[] = [
    [1, 'persistence'],
    [2, 'default'],
    [4, 'type'],
    [8, 'access-method'],
  ];
  const found = reasons.filter(([bit]) => (bitmap & bit) !== 0).map(([, reason]) => reason);
  return found.length === 0 ? ['unknown'] : found;
}
