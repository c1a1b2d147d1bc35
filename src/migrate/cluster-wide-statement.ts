import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';

/** A statement whose effect doesn't end with the database that it runs in. */
export interface ClusterWideStatement {
  /** What it is, for messages: `create role`, `alter system`, `pg_reload_conf()`. */
  readonly what: string;
  /**
   * The roles that it makes, changes or drops; of a grant, first those that are granted, then those that get them. Undefined where it concerns
   * something else of the server, which can't be told from others' things nor be put back.
   */
  readonly roles?: readonly string[];
  /** The role that `create role` makes. */
  readonly makes?: string;
}

/** Kinds of object that belong to the whole server. */
const serverKinds = new Set(['DATABASE', 'TABLESPACE', 'SYSTEM', 'SUBSCRIPTION']);
const roleKinds = new Set(['ROLE', 'USER', 'GROUP']);

/** Functions that reach beyond the database. Writing files and running programs aside: those are no matter of one server. */
const functions =
  /^(pg_reload_conf|pg_rotate_logfile|pg_promote|pg_switch_wal|pg_terminate_backend|pg_cancel_backend|pg_(create|drop|copy)_\w*replication_slot|pg_replication_origin_\w+|pg_replication_slot_advance|pg_create_restore_point|pg_stat_reset_\w+)$/;

/**
 * Whether a statement, as it stands, changes the server and not only its database. What a DO block or a function does can't be read from here: the
 * server's catalogs are compared before and after for that.
 *
 * @example clusterWideStatement('create role app login') // { what: 'create role', roles: ['app'], makes: 'app' }
 * @example clusterWideStatement('create user mapping for app server s') // undefined
 */
export function clusterWideStatement(statement: string): ClusterWideStatement | undefined {
  const tokens = significantTokens(statement);
  const [first, second, third] = tokens.map(({ keyword }) => keyword);
  switch (first) {
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
      return definition(first, second ?? '', third ?? '', tokens) ?? callsServer(tokens);
    case 'COMMENT':
      return second === 'ON' ? labelled('comment on', tokens.slice(2)) : undefined;
    case 'SECURITY': {
      const on = tokens.findIndex(({ keyword }) => keyword === 'ON');
      return on === -1 ? undefined : labelled('security label on', tokens.slice(on + 1));
    }
    case 'GRANT':
    case 'REVOKE':
      return grant(first, tokens);
    case 'REASSIGN':
      return { what: 'reassign owned', roles: namesIn(tokens.slice(3)) };
    default:
      // A block's own text is a string here, so only calls in plain sight are seen.
      return callsServer(tokens);
  }
}

function definition(verb: string, kind: string, next: string, tokens: readonly SignificantToken[]): ClusterWideStatement | undefined {
  const what = `${verb} ${kind}`.toLowerCase();
  if (serverKinds.has(kind)) return { what };
  if (verb === 'DROP' && kind === 'OWNED') return { what, roles: namesIn(tokens.slice(3)) };
  if (!roleKinds.has(kind) || (kind === 'USER' && next === 'MAPPING')) return undefined;
  const rest = tokens.slice(2).filter(({ keyword }, index) => index > 1 || (keyword !== 'IF' && keyword !== 'EXISTS'));
  // Settings of all roles belong to nobody; those in one database name it, and ours has another name here.
  if (next === 'ALL' || rest.some(({ keyword }, index) => index > 0 && keyword === 'DATABASE')) return { what: `${what} …` };
  const roles = verb === 'DROP' ? namesIn(rest) : namesIn(rest.slice(0, 1));
  const renamed = verb === 'ALTER' && rest[1]?.keyword === 'RENAME' ? namesIn(rest.slice(3, 4)) : [];
  const [made] = roles;
  return { what, roles: [...roles, ...renamed], ...(verb === 'CREATE' && made !== undefined ? { makes: made } : {}) };
}

function labelled(what: string, tokens: readonly SignificantToken[]): ClusterWideStatement | undefined {
  const kind = tokens[0]?.keyword ?? '';
  const named = `${what} ${kind.toLowerCase()}`;
  if (kind === 'ROLE') return { what: named, roles: namesIn(tokens.slice(1, 2)) };
  return serverKinds.has(kind) ? { what: named } : undefined;
}

/** `grant a to b` is about roles; `grant … on …` only where it is on a thing of the whole server. */
function grant(verb: string, tokens: readonly SignificantToken[]): ClusterWideStatement | undefined {
  const what = verb.toLowerCase();
  const on = tokens.findIndex(({ keyword }) => keyword === 'ON');
  if (on !== -1) {
    const kind = tokens[on + 1]?.keyword ?? '';
    return kind === 'DATABASE' || kind === 'TABLESPACE' || kind === 'PARAMETER' ? { what: `${what} on ${kind.toLowerCase()}` } : undefined;
  }
  const to = tokens.findIndex(({ keyword }) => keyword === (verb === 'GRANT' ? 'TO' : 'FROM'));
  if (to === -1) return undefined;
  const end = tokens.findIndex(({ keyword }, index) => index > to && ['WITH', 'GRANTED', 'CASCADE', 'RESTRICT'].includes(keyword));
  const from = tokens.findIndex(({ keyword }) => keyword === 'FOR');
  const granted = namesIn(tokens.slice(verb === 'REVOKE' && from !== -1 && from < to ? from + 1 : 1, to));
  return { what: `${what} of a role`, roles: [...granted, ...namesIn(tokens.slice(to + 1, end === -1 ? undefined : end))] };
}

function callsServer(tokens: readonly SignificantToken[]): ClusterWideStatement | undefined {
  const call = tokens.find(({ name }, index) => name !== undefined && tokens[index + 1]?.text === '(' && functions.test(name));
  return call === undefined ? undefined : { what: `${call.name}()` };
}

/** Names in a list, up to the first word after which no comma goes on. */
function namesIn(tokens: readonly SignificantToken[]): readonly string[] {
  const names: string[] = [];
  for (let at = 0; at < tokens.length; at += 2) {
    const name = tokens[at]?.name;
    if (name !== undefined) names.push(name);
    if (tokens[at + 1]?.text !== ',') break;
  }
  return names;
}
