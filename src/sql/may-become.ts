import type { Session } from '../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';

/**
 * The statement that lets who is logged in become a role for as long as the transaction lasts. In place that is the master of a cloud's server: no superuser, so that it
 * has to be a member, which it may make itself. Nothing happens where it may become the role already. Where it can't, SET ROLE says so, with its own words.
 *
 * @example await session.execute(`begin; ${mayBecome(session, 'app')}; set local role app`)
 */
export function mayBecome({ serverVersionNum }: Pick<Session, 'serverVersionNum'>, role: string): string {
  // Before 16 whoever is a member inherits, and may become it.
  const [right, how] = serverVersionNum >= 160_000 ? ['SET', ' with inherit false, set true'] : ['MEMBER', ''];
  const grant = `grant ${quoteIdentifier(role)} to session_user${how}`;
  const body = `begin if not pg_catalog.pg_has_role(session_user, ${quoteLiteral(role)}, '${right}') then execute ${quoteLiteral(grant)}; end if; exception when others then null; end`;
  return `do ${quoteLiteral(body)}`;
}
