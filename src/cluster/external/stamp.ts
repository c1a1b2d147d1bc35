import type { Session } from '../../core/ports.ts';

/** What a comment on a role of ours says. It is the proof that the role, and the database of the same name, may be removed. */
export interface Stamp {
  readonly tool: 'pgrehearse';
  /** The ledger line's id. */
  readonly id: string;
  readonly run?: string;
  /** ISO 8601. */
  readonly created: string;
  /** The machine whose ledger holds the line. */
  readonly host: string;
  /** Of the database that it stands for, where that one has another name. */
  readonly databaseOid?: number;
}

export interface StampedRole {
  readonly oid: number;
  /** Absent: somebody else's role. */
  readonly stamp?: Stamp;
}

/** Which role has this name, and what does the comment on it say? */
const roleQuery = `
select r.oid::int8::text as oid, pg_catalog.shobj_description(r.oid, 'pg_authid') as comment
  from pg_catalog.pg_roles r
 where r.rolname = $1`;

/** The role of a name with our stamp, if it has one. Undefined when there is no such role. */
export async function readStampedRole(session: Session, name: string): Promise<StampedRole | undefined> {
  const [row] = await session.query<{ oid: string; comment: string | null }>(roleQuery, [name]);
  if (row === undefined) return undefined;
  const stamp = parseStamp(row.comment);
  return { oid: Number(row.oid), ...(stamp === undefined ? {} : { stamp }) };
}

/** Undefined for any text that isn't a whole stamp: half a proof is none. */
export function parseStamp(comment: string | null): Stamp | undefined {
  if (comment?.startsWith('{') !== true) return undefined;
  try {
    const value = JSON.parse(comment) as Partial<Stamp>;
    return value.tool === 'pgrehearse' && typeof value.id === 'string' ? (value as Stamp) : undefined;
  } catch {
    return undefined;
  }
}
