/** SQL for `public.f(integer, text)`, as pg_dump names routines: by the types of their input arguments; `*` for an aggregate without any. */
export function routineName(proc: string, namespace: string): string {
  return `format('%I.%I(%s)', ${namespace}.nspname, ${proc}.proname, coalesce(
    (select string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.place)
       from unnest(${proc}.proargtypes::pg_catalog.oid[]) with ordinality a (type, place)),
    case ${proc}.prokind when 'a' then '*' else '' end))`;
}

/** SQL for `public.=== (integer, integer)`, as COMMENT ON names operators. */
export function operatorName(operator: string, namespace: string): string {
  return `format('%I.%s (%s, %s)', ${namespace}.nspname, ${operator}.oprname,
    case ${operator}.oprleft when 0 then 'NONE' else pg_catalog.format_type(${operator}.oprleft, null) end,
    case ${operator}.oprright when 0 then 'NONE' else pg_catalog.format_type(${operator}.oprright, null) end)`;
}
