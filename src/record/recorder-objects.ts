import { randomBytes } from 'node:crypto';
import type { Session } from '../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { heldRelationsQuery } from './held-relations.ts';

/** What a recorder has put into a database: all of it hangs on one schema. */
export interface RecorderObjects {
  readonly schema: string;
  /** How each notice of the event triggers begins. */
  readonly token: string;
}

const schemaPattern = '^pgrehearse_recorder_[0-9a-f]{12}$';

/** A notice with more relations than this would be too long: in a transaction block the session is asked afterwards. */
const HELD_UP_TO = 4_000;
const OBJECTS_UP_TO = 500;
const TOLD_AGAIN_UP_TO = 8;

/**
 * Puts the event triggers into the database of the session, a superuser's. They run after all others, also where session_replication_role says replica.
 * What they say goes to the client as INFO, which no setting keeps back; whatever goes wrong in them stays in them.
 */
export async function addRecorderObjects(session: Session, databaseOid: number): Promise<RecorderObjects> {
  const id = randomBytes(6).toString('hex');
  const schema = `pgrehearse_recorder_${id}`;
  const token = `pgrehearse-recorder ${randomBytes(8).toString('hex')} `;
  await withoutOthersTriggers(session);
  await session.execute(`begin;
create schema ${schema};
${triggerFunction(schema, token, 'ddl_end', ddlReport(databaseOid, schema))}
${triggerFunction(schema, token, 'dropped', dropReport)}
${triggerFunction(schema, token, 'rewrite', rewriteReport(schema))}
${eventTrigger(id, schema, 'ddl_end', 'ddl_command_end')}
${eventTrigger(id, schema, 'dropped', 'sql_drop')}
${eventTrigger(id, schema, 'rewrite', 'table_rewrite')}
grant usage on schema ${schema} to public;
commit;`);
  return { schema, token };
}

/** Removes what this or an earlier recorder left in the database, and nothing else: names are only ours with their random part. */
export async function removeRecorderObjects(session: Session): Promise<void> {
  const schemas = await session.query<{ schema: string; triggers: readonly string[] }>(`select n.nspname as schema,
    array(select e.evtname::text from pg_catalog.pg_event_trigger e join pg_catalog.pg_proc p on p.oid = e.evtfoid where p.pronamespace = n.oid order by 1) as triggers
  from pg_catalog.pg_namespace n where n.nspname ~ '${schemaPattern}' order by 1`);
  if (schemas.length === 0) return;
  await withoutOthersTriggers(session);
  for (const { schema, triggers } of schemas) {
    const drops = triggers.map((name) => `drop event trigger ${quoteIdentifier(name)};`).join('\n');
    await session.execute(`begin; ${drops} drop schema ${quoteIdentifier(schema)} cascade; commit;`);
  }
}

/** The team's own event triggers must not see our objects come and go: they may write them down in tables that are compared. */
async function withoutOthersTriggers(session: Session): Promise<void> {
  await session.execute('set session_replication_role = replica');
  if (session.serverVersionNum >= 170_000) await session.execute('set event_triggers = off');
}

function eventTrigger(id: string, schema: string, name: string, event: string): string {
  const trigger = `zzz_pgrehearse_recorder_${id}_${name}`;
  return `create event trigger ${trigger} on ${event} execute function ${schema}.${name}(); alter event trigger ${trigger} enable always;`;
}

/** SECURITY DEFINER, since a migrator may lack rights on what the report reads. Base64 passes any client encoding. */
function triggerFunction(schema: string, token: string, name: string, report: string): string {
  return `create function ${schema}.${name}() returns event_trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $recorder$
declare report text;
begin
  ${report}
  raise info '%', ${quoteLiteral(token)} || encode(convert_to(report, 'UTF8'), 'base64');
exception when others then
  begin
    raise info '%', ${quoteLiteral(token)} || encode(convert_to(json_build_object('event', 'failed', 'tag', tg_tag, 'sqlstate', sqlstate)::text, 'UTF8'), 'base64');
  exception when others then null;
  end;
end $recorder$;`;
}

/**
 * What was told before in the same transaction is kept in a setting of that transaction, which a savepoint takes back with everything else. Relations
 * that the command is about are told in any case: their names may be new ones.
 */
function ddlReport(databaseOid: number, schema: string): string {
  const setting = `${schema}.held`;
  return `declare
    -- Others leave the files as they were.
    sizes bool := tg_tag in ('REINDEX', 'REFRESH MATERIALIZED VIEW') or current_setting('${schema}.rewriting', true) is not distinct from statement_timestamp()::text;
    told text := coalesce(nullif(current_setting('${setting}', true), ''), '{}');
    known jsonb := told;
    held json;
    prints jsonb;
    objects json;
    altered text[];
    found int8;
  begin
    begin
      select coalesce(json_agg(json_build_array(d.classid = 'pg_class'::regclass, d.objid::int8, d.command_tag, d.object_type, d.object_identity)), '[]'),
        coalesce(array_agg(d.objid::text) filter (where d.classid = 'pg_class'::regclass), '{}'), count(*)
      into objects, altered, found
      from (select * from pg_event_trigger_ddl_commands() where schema_name is distinct from 'pg_temp' limit ${OBJECTS_UP_TO}) d;
      known := case when found < ${OBJECTS_UP_TO} and tg_tag <> 'ALTER SCHEMA' then known - altered else '{}' end;
    exception when others then
      -- An object that the same command has dropped again has no identity any more.
      objects := null;
      known := '{}';
    end;
    select case when count(*) <= ${HELD_UP_TO} then coalesce(json_agg(t.told order by t.oid), '[]') end, coalesce(jsonb_object_agg(t.oid, t.print), '{}'), count(*)
    into held, prints, found
    from (${heldRelationsQuery({ databaseOid, known: 'known', sizes: 'sizes' })}) t;
    -- Writing down a long list costs more than telling a few relations again.
    if held is not null and found > ${TOLD_AGAIN_UP_TO} + length(told) / 500 then
      perform set_config('${setting}', (known || prints)::text, true);
    end if;
    report := json_build_object('event', 'ddl', 'tag', tg_tag, 'held', held, 'objects', objects, 'lsn', pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'),
      'lockTimeout', current_setting('lock_timeout'), 'statementTimeout', current_setting('statement_timeout'));
  end;`;
}

const dropReport = `report := json_build_object('event', 'dropped', 'tag', tg_tag, 'objects', (
    select json_agg(json_build_array(d.classid = 'pg_class'::regclass, d.objid::int8, d.objsubid, d.object_type, d.object_identity, d.normal and not d.original))
    from (
      select * from pg_event_trigger_dropped_objects()
      where not is_temporary and schema_name is distinct from 'pg_toast' and (original or object_type not in ('type', 'default value', 'rule', 'table column'))
      limit ${OBJECTS_UP_TO}
    ) d));`;

function rewriteReport(schema: string): string {
  return `perform set_config('${schema}.rewriting', statement_timestamp()::text, true);
  report := json_build_object('event', 'rewrite', 'tag', tg_tag, 'relation', pg_event_trigger_table_rewrite_oid()::int8,
    'reason', pg_event_trigger_table_rewrite_reason());`;
}
