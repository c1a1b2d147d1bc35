import type { Session } from '../../core/ports.ts';

/**
 * The functions through which SQL reaches other servers, as far as an extension brings them: each foreign-data wrapper's handler, whatever
 * servers and user mappings a migration may make, and what opens connections by itself. A function's C symbol tells them apart; '' stands for all.
 */
const reachingOut: readonly (readonly [extension: string, symbols: readonly string[]])[] = [
  ['dblink', ['dblink_connect', 'dblink_record', 'dblink_exec']],
  ['http', ['http_request']],
  ['plproxy', ['plproxy_call_handler']],
  ['amqp', ['']],
  ['pg_curl', ['']],
];

/**
 * Makes their C symbols unknown, so that a call is an error and never a connection; owner, rights and membership in the extension stay, and
 * so does all that pg_dump shows.
 */
const switchOffQuery = `
  update pg_catalog.pg_proc p set prosrc = 'switched_off_on_a_copy'
    from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
   where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
     and p.prolang = (select l.oid from pg_catalog.pg_language l where l.lanname = 'c') and p.prosrc <> 'switched_off_on_a_copy'
     and (p.oid in (select w.fdwhandler from pg_catalog.pg_foreign_data_wrapper w)
          or exists (select from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as known(extension, symbol)
                      where known.extension = e.extname and known.symbol in ('', p.prosrc)))
  returning e.extname as "extension", p.oid::pg_catalog.regprocedure::text as "function"`;

/**
 * Switches off what lets SQL on a copy reach other servers: to be called when extensions were made, before anything is run that could call it.
 * Returns what was done, a sentence for each extension. Throws SqlError.
 */
export async function switchOffOutboundFunctions(session: Session): Promise<readonly string[]> {
  const known = reachingOut.flatMap(([extension, symbols]) => symbols.map((symbol) => [extension, symbol] as const));
  const rows = await session.query<{ extension: string; function: string }>(switchOffQuery, [
    known.map(([extension]) => extension),
    known.map(([, symbol]) => symbol),
  ]);
  const byExtension = [...Map.groupBy(rows, (row) => row.extension)].sort(([left], [right]) => (left < right ? -1 : 1));
  return byExtension.map(([extension, functions]) => {
    const names = functions.map((row) => row.function.replace(/^pg_catalog\./, '')).sort();
    return `extension ${extension} was switched off on purpose: a copy must not reach other servers (${names.join(', ')})`;
  });
}

/** Which tables of pg_cron are there? The name of the schema is the extension's. */
const cronQuery = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as "table"
    from pg_catalog.pg_extension e
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_catalog.pg_class'::regclass
    join pg_catalog.pg_class c on c.oid = d.objid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where e.extname = 'pg_cron' and c.relname = 'job' and c.relkind = 'r'`;

/** Makes jobs of pg_cron inactive, once their rows are there; its worker isn't started on a server of ours either. Throws SqlError. */
export async function stopScheduledJobs(session: Session): Promise<readonly string[]> {
  const [cron] = await session.query<{ table: string }>(cronQuery);
  if (cron === undefined) return [];
  const jobs = await session.query(`update ${cron.table} set active = false where active returning 1`);
  return [`${jobs.length} scheduled ${jobs.length === 1 ? 'job' : 'jobs'} of pg_cron were made inactive on purpose: a copy must not do production's work`];
}
