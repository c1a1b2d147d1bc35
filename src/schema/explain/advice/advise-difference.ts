import { parentsOf } from '../../compare/parents-of.ts';
import { adviseColumn } from './advise-column.ts';
import { adviseConstraint, adviseName } from './advise-constraint.ts';
import {
  adviseByOptions,
  adviseDatabase,
  adviseDefaultPrivileges,
  adviseExtension,
  advisePolicy,
  advisePublication,
  adviseSequence,
  adviseTrigger,
} from './advise-other.ts';
import { adviseRoutine } from './advise-routine.ts';
import { adviseSecurity } from './advise-security.ts';
import { adviseSubscription } from './advise-subscription.ts';
import { adviseTable } from './advise-table.ts';
import { adviseType } from './advise-type.ts';
import { adviseView } from './advise-view.ts';
import { type Advised, type Change, unknown } from './change.ts';
import { dropStatement } from './drop-statement.ts';
import { splitOn } from './split-name.ts';
import { isMade, makeObject, ownStatements } from './statements-of.ts';

const byKind: Readonly<Record<string, (change: Change) => Advised | undefined>> = {
  column: adviseColumn,
  table: adviseTable,
  'foreign table': adviseTable,
  view: adviseView,
  'materialized view': adviseView,
  sequence: adviseSequence,
  constraint: adviseConstraint,
  index: adviseConstraint,
  trigger: adviseTrigger,
  rule: adviseTrigger,
  'event trigger': adviseTrigger,
  policy: advisePolicy,
  function: adviseRoutine,
  procedure: adviseRoutine,
  aggregate: adviseRoutine,
  type: adviseType,
  domain: adviseType,
  publication: advisePublication,
  extension: adviseExtension,
  database: adviseDatabase,
  subscription: adviseSubscription,
};

/** Statements that would make one side as the other in this one difference; without statements, its notes say why. */
export function adviseDifference(change: Change): Advised {
  return hideless(adviseSecret(change) ?? advise(change) ?? unknown(`No statement is known for ${change.property ?? 'this'} of a ${change.kind}.`));
}

function advise(change: Change): Advised | undefined {
  if (change.kind === 'default privileges') return adviseDefaultPrivileges(change);
  if (change.kind === 'database') return adviseDatabase(change);
  if (change.how === 'changed') return adviseSecurity(change) ?? adviseName(change) ?? (byKind[change.kind] ?? adviseByOptions)(change);
  if (change.kind === 'column' && change.how === 'missing') return adviseColumn(change);
  if (change.how === 'extra') {
    const { haveObject } = change;
    const partial =
      haveObject !== undefined && (change.kind === 'column' ? !haveObject.properties.has('type') : haveObject.statements.length > 0 && !isMade(haveObject));
    if (partial) return withoutSettings(change);
    if (change.kind === 'constraint' && isInherited(change)) {
      return unknown('The table inherits it too, and Postgres drops such a constraint only with the parent’s: the table would have to be made again.');
    }
    const drop = dropStatement(change.haveObject ?? change);
    return drop && { steps: [drop], notes: drop.loses === undefined ? [] : ['Keep a copy of what would be lost, if it may be needed.'] };
  }
  if (change.wantObject === undefined) return undefined;
  const steps =
    change.wantObject.parent === change.wantObject.name || change.wantObject.parent === undefined
      ? makeObject(change.wantObject, change.wants)
      : ownStatements(change.wantObject);
  return steps.length === 0 ? undefined : { steps, notes: [] };
}

/** Whether a parent of its table has a constraint of the same name. */
function isInherited({ name, has }: Change): boolean {
  const names = splitOn(name);
  const fromParent = (table: string): boolean =>
    parentsOf(has, table).some((parent) => has.get('constraint', `${names?.own} on ${parent}`) !== undefined || fromParent(parent));
  return names !== undefined && fromParent(names.table);
}

/** Only settings of something that is there on both sides: each goes back to what it is without them. */
function withoutSettings(change: Change): Advised {
  const each = [...(change.haveObject?.properties ?? [])].map(([property, have]) =>
    advise({ ...change, how: 'changed', property, have, want: undefined, wantObject: undefined }),
  );
  return { steps: each.flatMap((one) => one?.steps ?? []), notes: [...new Set(each.flatMap((one) => one?.notes ?? []))] };
}

/** What holds a password is never written out. */
function adviseSecret({ kind, want }: Change): Advised | undefined {
  return kind === 'user mapping' && (want ?? '').includes("'hidden ") ? unknown('Its statement holds a secret, which is not shown.') : undefined;
}

function hideless(advice: Advised): Advised {
  return advice.steps.some(({ sql }) => sql.includes("'hidden ")) ? unknown('Its statement holds a secret, which is not shown.') : advice;
}
