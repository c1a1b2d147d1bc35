/** Storage parameters as a table of `option`, `value`, told as `parameter name`. @param column such as `c.reloptions` @param prefix such as `toast.` */
export function parametersOf(column: string, prefix = ''): string {
  return `select 'parameter ${prefix}' || o.option_name as option, coalesce(o.option_value, 'true') as value
            from pg_catalog.pg_options_to_table(${column}) o`;
}

/** Options of foreign data as a table of `option`, `value`, told as `option name`. @param column such as `f.ftoptions` */
export function optionsOf(column: string): string {
  return `select 'option ' || quote_ident(o.option_name) as option, coalesce(o.option_value, '') as value
            from pg_catalog.pg_options_to_table(${column}) o`;
}

/** The qualified name of a relation, by an expression for its oid. */
export function relationName(oid: string): string {
  return `(select format('%I.%I', n_.nspname, c_.relname)
             from pg_catalog.pg_class c_
             join pg_catalog.pg_namespace n_ on n_.oid = c_.relnamespace
            where c_.oid = ${oid})`;
}

/** Statistics targets of an index's expressions as a table of `option`, `value`. @param index an expression for its oid */
export function indexStatistics(index: string): string {
  return `select 'statistics of column ' || a_.attnum as option, a_.attstattarget::text as value
            from pg_catalog.pg_attribute a_
           where a_.attrelid = ${index} and a_.attstattarget >= 0`;
}

/** Why an index can't be used; null for one that can. @param index an alias of pg_index */
export function whyInvalid(index: string): string {
  return `case when not ${index}.indislive then 'no: being dropped'
               when not ${index}.indisready then 'no: not ready'
               when not ${index}.indisvalid then 'no' end`;
}

/** Which relations are members of which extension, as a table of `objid`, `extension`; from the few extensions to their members. */
export const extensionMembers = `(
        select m_.objid, quote_ident(x_.extname) as extension, x_.extowner
          from pg_catalog.pg_extension x_
          join pg_catalog.pg_depend m_ on m_.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and m_.refobjid = x_.oid
         where m_.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and m_.objsubid = 0 and m_.deptype = 'e')`;

/** How a trigger or rule fires. @param state a column such as `t.tgenabled` */
export function whenEnabled(state: string): string {
  return `case ${state} when 'D' then 'no' when 'R' then 'on replicas' when 'A' then 'always' else 'yes' end`;
}

/** Whose a relation `r` is, where `e` is the extension that brought it along: one of an extension's is no fact, nor is the first superuser's of a trusted one. */
export const relationOwner = `case when e.objid is null or r.relowner not in (e.extowner, 10) then quote_ident(pg_catalog.pg_get_userbyid(r.relowner)) end`;

/** SQL: what somebody said of a relation `r`, as `d`. */
export const joinComment = `left join pg_catalog.pg_description d
        on d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objoid = r.oid and d.objsubid = 0`;
