import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';

export interface LargeObject {
  readonly oid: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly grants: readonly { readonly grantee: string; readonly privilege: string }[];
}

const chunkBytes = 4 * 1024 * 1024;

const largeObjectsQuery = `
  select m.oid::text as "oid", pg_catalog.pg_get_userbyid(m.lomowner) as "owner",
         pg_catalog.obj_description(m.oid, 'pg_largeobject') as "comment",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                            'grantee', case when a.grantee = 0 then '' else pg_catalog.pg_get_userbyid(a.grantee) end,
                            'privilege', a.privilege_type) order by a.grantee, a.privilege_type)
                     from pg_catalog.aclexplode(m.lomacl) a where a.grantee <> m.lomowner), '[]') as "grants"
    from pg_catalog.pg_largeobject_metadata m
   order by m.oid`;

export async function listLargeObjects(session: Session): Promise<readonly LargeObject[]> {
  return await session.query<LargeObject>(largeObjectsQuery);
}

/** The content of a large object in pieces of 4 MiB, in base64. */
export async function* readLargeObject(session: Session, oid: string): AsyncGenerator<{ readonly offset: number; readonly base64: string }> {
  for (let offset = 0; ; offset += chunkBytes) {
    const [row] = await session.query<{ bytes: number; base64: string }>(
      `select pg_catalog.length(part) as bytes, pg_catalog.translate(pg_catalog.encode(part, 'base64'), E'\\n', '') as base64
         from pg_catalog.lo_get($1::oid, $2::bigint, $3) as part`,
      [oid, offset, chunkBytes],
    );
    if (row === undefined || row.bytes === 0) return;
    yield { offset, base64: row.base64 };
    if (row.bytes < chunkBytes) return;
  }
}

/** The statements that make an empty large object with its owner, comment and grants. */
export function makeStatements({ oid, owner, comment, grants }: LargeObject): readonly string[] {
  return [
    `select pg_catalog.lo_create(${quoteLiteral(oid)})`,
    `alter large object ${oid} owner to ${quoteIdentifier(owner)}`,
    ...grants.map(({ grantee, privilege }) => `grant ${privilege} on large object ${oid} to ${grantee === '' ? 'public' : quoteIdentifier(grantee)}`),
    ...(comment === null ? [] : [`comment on large object ${oid} is ${quoteLiteral(comment)}`]),
  ];
}

/** Copies large objects one after the other. One that the source's role may not read is a loss; the others go on. */
export async function copyLargeObjects(source: Session, target: Session, objects: readonly LargeObject[]): Promise<readonly FidelityLoss[]> {
  const losses: FidelityLoss[] = [];
  for (const object of objects) {
    await target.execute(`select pg_catalog.lo_unlink(m.oid) from pg_catalog.pg_largeobject_metadata m where m.oid = ${object.oid}`);
    for (const statement of makeStatements(object)) await target.execute(statement);
    // The source's transaction holds the snapshot: an error in it would end the copy.
    await source.execute('savepoint large_object');
    try {
      for await (const { offset, base64 } of readLargeObject(source, object.oid)) {
        await target.query(`select pg_catalog.lo_put($1::oid, $2::bigint, pg_catalog.decode($3, 'base64'))`, [object.oid, offset, base64]);
      }
    } catch (error) {
      if (!(error instanceof SqlError) || error.fields.sqlstate !== '42501') throw error;
      await source.execute('rollback to savepoint large_object');
      losses.push(unreadable(object.oid, error));
    }
    await source.execute('release savepoint large_object');
  }
  return losses;
}

function unreadable(oid: string, error: SqlError): FidelityLoss {
  return {
    object: { kind: 'large object', name: oid },
    message: `large object ${oid} is empty in the copy: ${error.fields.message}`,
    cure: `Read with a role that may select it: grant select on large object ${oid} to the reading role.`,
    sqlstate: error.fields.sqlstate,
  };
}
