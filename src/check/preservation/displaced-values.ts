import { type Finding, findingId } from '../../core/finding.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { preservation as about } from './about.ts';
import { type DeclaredContentChange, declarationOf } from './declared-change.ts';
import type { RowQuestion } from './row-questions.ts';

/** What came of a question: `undefined` where one of both sides could not be asked. */
export interface AnsweredQuestion {
  readonly question: RowQuestion;
  readonly same: boolean | undefined;
}

/** Values that are all there, and stand in other rows than before. Pure. */
export function displacedValues(answers: readonly AnsweredQuestion[], declared: readonly DeclaredContentChange[]): readonly Finding[] {
  return answers.flatMap(({ question, same }): readonly Finding[] => {
    const { from, to, certain } = question;
    const open = question.about.filter(
      ({ was, is }) => declarationOf(declared, { table: from, column: was, fate: 'kept', to: { table: to, column: is } }) === undefined,
    );
    if (same === true || open.length === 0) return [];
    const names = open.map(({ is }) => quoteIdentifier(is.name)).join(', ');
    const object = { kind: 'table', name: to.name };
    const told = { id: findingId(about.check, object, 'rows'), check: about.check, phase: about.phase, rootCause: 'data-loss' as const, object };
    if (same === undefined) {
      const title = `Whether the values of ${to.name} (${names}) still stand in the rows of before isn’t known`;
      const detail = 'All of them are there. Only a copy on which nothing was migrated could show beside which others they stood, and there is none.';
      return [{ ...told, severity: 'warning', title, detail, cure: 'Look at some rows on both sides.' }];
    }
    return [
      {
        ...told,
        severity: certain ? 'blocker' : 'warning',
        title: certain
          ? `Values of ${to.name} (${names}) stand in other rows than before`
          : `Nothing shows whose rows the values of ${to.name} (${names}) belong to`,
        detail: `Each of these columns holds the values of before, and not beside the same ${besideWhat(question)}: as where USING reads another row’s value, or a join finds the wrong row.`,
        cure: 'Join by what tells the rows apart, or declare in data.contentChanges that these columns may change.',
      },
    ];
  });
}

function besideWhat({ beside, about }: RowQuestion): string {
  const names = [...new Set(beside.flat().map(({ is }) => quoteIdentifier(is.name)))];
  return names.length === 0
    ? `values of each other, of ${about.length} columns`
    : `values of ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''}`;
}
