import type { Session } from '../../core/ports.ts';
import type { RowVolumes } from '../row-bounds/read-row-volumes.ts';
import type { Content, TableContent } from './content.ts';
import type { TablePlace } from './read-columns.ts';
import type { TypeDefinitions } from './type-definitions.ts';

/**
 * Tables that provably hold what they held before, by oid: the same file, the same columns of the same types, types that mean what they meant, and counters
 * of written rows that haven't moved. Counting can only be prevented by whoever may; `mayHideWrites` and
 * `definersMayHideWrites` tell.
 */
export function untouchedTables(
  before: Content,
  now: readonly TablePlace[],
  volumes: { readonly before: RowVolumes; readonly after: RowVolumes },
  types: TypeDefinitions,
) {
  if (volumes.before.problem !== undefined || volumes.after.problem !== undefined || volumes.before.resetAt !== volumes.after.resetAt)
    return new Map<string, TableContent>();
  const [was, is] = [volumes.before, volumes.after].map(({ tables }) => new Map(tables.map((table) => [table.oid, table])));
  return new Map(
    now.flatMap((place): readonly [string, TableContent][] => {
      const [old, counted, counts] = [before.tables.get(place.oid), was?.get(place.oid), is?.get(place.oid)];
      if (old === undefined || counted === undefined || counts === undefined || place.file === '0' || place.file !== old.file) return [];
      // What is hashed as a part of the tree above it isn't known by itself.
      if (!old.stores.includes(old.oid)) return [];
      const written = (['rows', 'inserted', 'updated', 'deleted'] as const).some((key) => counted[key] !== counts[key]);
      const columns = new Map(old.columns.map((column) => [column.number, column]));
      const sameColumns = place.columns.length === old.columns.length && place.columns.every(({ number, type }) => columns.get(number)?.type === type);
      // A virtual column may be worked out in another way without a row being written.
      const sameMaking = place.columns.every(({ number, generated, version }) => !generated || columns.get(number)?.version === version);
      // Types outside of pg_catalog are told with their schema.
      const sameMeaning = types.digest === before.types?.digest || !place.columns.some(({ type }) => type.includes('.'));
      return written || !sameColumns || !sameMaking || !sameMeaning ? [] : [[place.oid, old]];
    }),
  );
}

/** SQL: the roles that may write rows which no counter sees, by switching counting off or setting the counters back. */
function hiders(serverVersionNum: number): string {
  const parameter = serverVersionNum >= 150_000 ? "or pg_catalog.has_parameter_privilege(r.oid, 'track_counts', 'set')" : '';
  return `
    select r.oid, r.rolname from pg_catalog.pg_roles r
     where r.rolsuper ${parameter} or exists (
         select from pg_catalog.pg_proc p
          where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('pg_stat_reset', 'pg_stat_reset_single_table_counters')
            and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute'))
       or exists (select from pg_catalog.pg_roles s where s.rolsuper and pg_catalog.pg_has_role(r.oid, s.oid, 'member'))`;
}

/** Whether a role may. Throws SqlError. */
export async function mayHideWrites(session: Session, role: string): Promise<boolean> {
  const [row] = await session.query<{ may: boolean }>(
    `select exists (select from (${hiders(session.serverVersionNum)}) h where h.rolname = $1) or not exists (select from pg_catalog.pg_roles where rolname = $1) as may`,
    [role],
  );
  return row?.may ?? true;
}

/**
 * Whether there is a function that does in the name of such a role whatever it does: nobody can tell what. Those of extensions are known, and those of event triggers, as ours is,
 * can't be called. Throws SqlError.
 */
export async function definersMayHideWrites(session: Session): Promise<boolean> {
  const [row] = await session.query<{ may: boolean }>(
    `select exists (
       select from pg_catalog.pg_proc p join (${hiders(session.serverVersionNum)}) h on h.oid = p.proowner
        where p.prosecdef and p.oid >= 16384 and p.prorettype <> 'pg_catalog.event_trigger'::regtype
          and not exists (select from pg_catalog.pg_depend d
                           where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')) as may`,
  );
  return row?.may ?? true;
}
