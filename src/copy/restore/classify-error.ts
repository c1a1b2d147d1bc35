import type { SqlErrorFields } from '../../core/failure.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { describeStatement, type StatementDescription } from './describe-statement.ts';
import { readUndumpedMark } from './undumped-mark.ts';

/** What a failing statement of a restore costs. `fatal`: without it the copy isn't production. */
export type ErrorClass =
  | { readonly kind: 'harmless'; readonly note: string }
  | { readonly kind: 'loss'; readonly loss: FidelityLoss }
  | { readonly kind: 'fatal'; readonly object: { readonly kind: string; readonly name: string } };

const undefinedObject = '42704';

/** Kinds whose absence loses something that the fidelity gate must name, but no table, row, constraint, function, type or index. */
const lossKinds = new Set([
  'policy',
  'extension',
  'event trigger',
  'publication',
  'subscription',
  'server',
  'foreign data wrapper',
  'user mapping',
  'statistics',
  'default privileges',
  'transform',
  'access method',
  'large object',
]);

/**
 * Judges an error by the statement's kind and object, not by the client's exit code: that is the same for a comment and for a lost table.
 * Anything that isn't known to be less is fatal.
 */
export function classifyError(statement: string, error: SqlErrorFields): ErrorClass {
  const undumped = readUndumpedMark(statement);
  if (undumped !== undefined) return { kind: 'loss', loss: undumpedLoss(undumped, statement, error) };
  const described = describeStatement(statement);
  const object = { kind: described.kind, name: described.name };
  const harmless = harmlessReason(described, error);
  if (harmless !== undefined) return { kind: 'harmless', note: `${shown(described)}: ${error.message} (${harmless})` };
  if (isLoss(described)) {
    const kind = described.action.startsWith('OWNER TO') ? 'owner' : described.verb === 'GRANT' || described.verb === 'REVOKE' ? 'grant' : described.kind;
    return {
      kind: 'loss',
      loss: {
        object: { kind, name: described.name },
        message: `${shown(described)} failed: ${error.message}`,
        cure: cureOf(described, error),
        sqlstate: error.sqlstate,
        statement: excerpt(statement),
      },
    };
  }
  return { kind: 'fatal', object };
}

function undumpedLoss(object: FidelityLoss['object'], statement: string, error: SqlErrorFields): FidelityLoss {
  const what =
    object.kind === 'index'
      ? 'is invalid in production, and could not be made so in the copy'
      : 'has triggers that are switched off in production, but not in the copy';
  return {
    object,
    message: `${object.kind} ${object.name} ${what}: ${error.message}`,
    cure: `Put it right in production (${object.kind === 'index' ? 'reindex index concurrently' : 'alter table … enable trigger all'}), or accept the loss in clone.acceptLosses.`,
    sqlstate: error.sqlstate,
    statement: excerpt(statement),
  };
}

function harmlessReason({ verb, kind, name }: StatementDescription, error: SqlErrorFields): string | undefined {
  if (verb === 'COMMENT' && kind === 'extension') return 'the extension brings its own comment';
  if (verb === 'CREATE' && kind === 'schema' && error.sqlstate === '42P06') return 'it is there already';
  if (verb === 'CREATE' && kind === 'language' && error.sqlstate === '42710') return 'it is there already';
  if (verb === 'SET' && name.toLowerCase() === 'default_tablespace') return 'a copy keeps everything in one place';
  if (verb === 'SET' && name !== 'session authorization' && (error.sqlstate === undefinedObject || error.sqlstate === '22023')) {
    return 'a setting of another version of Postgres';
  }
  if (verb === 'DROP' && (error.sqlstate === undefinedObject || /^(42P01|42883|3F000|42703)$/.test(error.sqlstate))) return 'there was nothing to drop';
  if (verb === 'SELECT' && /^pg_restore_(relation|attribute|extended)_stats$/.test(kind)) return 'planner statistics are made anew';
  return undefined;
}

function isLoss({ verb, kind, name, action }: StatementDescription): boolean {
  if (['COMMENT', 'SECURITY LABEL', 'GRANT', 'REVOKE', 'REFRESH'].includes(verb)) return true;
  if (verb === 'SET' && name === 'session authorization') return true;
  if (verb === 'SELECT' && /^lo_|^lowrite$/.test(kind)) return true;
  if (lossKinds.has(kind)) return true;
  if (verb !== 'ALTER') return false;
  return (
    /^(OWNER TO|CLUSTER ON|SET WITHOUT CLUSTER|ENABLE ROW LEVEL|FORCE ROW LEVEL|NO FORCE ROW LEVEL)/.test(action) ||
    /SET (COMPRESSION|STATISTICS|STORAGE)$/.test(action)
  );
}

function cureOf({ verb, kind }: StatementDescription, error: SqlErrorFields): string {
  const role = /role "(.*)" does not exist/.exec(error.message)?.[1];
  if (role !== undefined)
    return `Give the roles of production (source.roles, made with \`pg_dumpall --roles-only --no-role-passwords\`): "${role}" is missing.`;
  if (kind === 'extension') return 'Use a Postgres that has this extension, or accept the loss in clone.acceptLosses.';
  if (verb === 'REFRESH') return 'The materialized view is empty in the copy: read the error, or accept the loss in clone.acceptLosses.';
  return 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.';
}

function shown({ verb, kind, name }: StatementDescription): string {
  return [verb.toLowerCase(), ...(kind === '' || kind === 'setting' ? [] : [kind]), name].filter((part) => part !== '').join(' ');
}

/** Enough of a statement to find it again; bodies may be long. */
export function excerpt(statement: string): string {
  return statement.length <= 400 ? statement : `${statement.slice(0, 400)} …`;
}
