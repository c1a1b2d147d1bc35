/** The type whose default operator class a key gets: that of the column, of an expression, or what a domain is made of. */
const keyType = `coalesce(nullif(ty.typbasetype, 0), ty.oid)`;

/**
 * Whether an operator class is the one that an index on such a key gets without being told; it isn't written then. `varchar` has the class of `text`, `cidr`
 * that of `inet`, and an array, enum, range or row that of all of its sort.
 */
const isDefaultClass = `x.opcdefault and x.attoptions is null and (
                   x.opcintype = ${keyType} or ot.typtype = 'p' or (${keyType}::pg_catalog.int4, x.opcintype::pg_catalog.int4) in ((1043, 25), (650, 869)))`;

/**
 * One key of an index as CREATE INDEX has it. Made from the catalogs, since pg_get_indexdef takes several times as long; expressions are written by the server.
 * Where the text says an operator class or a collation that the server would leave out, it says so on both sides.
 */
const key = `case when x.attnum = 0 then pg_catalog.pg_get_indexdef(x.indexrelid, x.place::pg_catalog.int4, false) else quote_ident(c.attname) end
                 || case when x.coll <> 0 and x.coll <> coalesce(c.attcollation, 100)
                      then (select format(' COLLATE %I.%I', n.nspname, l.collname)
                              from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace where l.oid = x.coll)
                      else '' end
                 || case when x.opcname is null or (${isDefaultClass}) then ''
                      else ' ' || case x.opcnamespace when 'pg_catalog'::pg_catalog.regnamespace then quote_ident(x.opcname)
                                    else format('%I.%I', (select n.nspname from pg_catalog.pg_namespace n where n.oid = x.opcnamespace), x.opcname) end
                        || case when x.attoptions is null then '' else
                             (select ' (' || string_agg(format('%I=%L', o.option_name, o.option_value), ', ' order by o.option_name collate "C") || ')'
                                from pg_catalog.pg_options_to_table(x.attoptions) o) end end
                 || case x.option when 1 then ' DESC NULLS LAST' when 2 then ' NULLS FIRST' when 3 then ' DESC' else '' end`;

/**
 * SQL: whether an operator class is of a family with a function that reads parameters: such take one internal value and return nothing. So do those that help to
 * sort, the second of B-tree and the eleventh of GiST, which nearly every class has.
 */
const takesOptions = (opclass: string) => `${opclass}.opcfamily in (
                           select f.amprocfamily
                             from pg_catalog.pg_amproc f
                             join pg_catalog.pg_proc p on p.oid = f.amproc
                             join pg_catalog.pg_opfamily s on s.oid = f.amprocfamily
                            where p.prorettype = 'void'::pg_catalog.regtype and p.pronargs = 1
                              and (s.opfmethod::pg_catalog.int4, f.amprocnum) not in ((403, 2), (783, 11)))`;

/** Parameters of a key's operator class. */
const classOptions = `case when ${takesOptions('oc')}
                         then (select a.attoptions from pg_catalog.pg_attribute a where a.attrelid = x.indexrelid and a.attnum = u.place) end`;

/** The parameters of all operator classes of an index `x`. */
export const optionsOfClasses = `(select string_agg(a.attnum || ' ' || a.attoptions::text, ', ' order by a.attnum)
                  from pg_catalog.pg_attribute a where a.attrelid = x.indexrelid and a.attoptions is not null)`;

/**
 * The operator classes and collations of indexes, whole lists of them by name, with whether any of the classes takes parameters: a table to join by
 * `indclass` and `indcollation`. Thousands of indexes have a few such lists.
 */
export const classNames = `(
        with l as materialized (
          select distinct i.indclass, i.indcollation from pg_catalog.pg_index i where $1::pg_catalog.oid[] is null or i.indrelid = any ($1))
        select l.indclass, l.indcollation, bool_or(${takesOptions('oc')}) as have_options,
               string_agg(concat_ws(' ', quote_ident(cn.nspname) || '.' || quote_ident(oc.opcname),
                 'COLLATE ' || quote_ident(ln.nspname) || '.' || quote_ident(co.collname)), ', ' order by u.place) as names
          from l
         cross join lateral unnest(l.indclass, l.indcollation) with ordinality u (class, coll, place)
          left join pg_catalog.pg_opclass oc on oc.oid = u.class
          left join pg_catalog.pg_namespace cn on cn.oid = oc.opcnamespace
          left join pg_catalog.pg_collation co on co.oid = u.coll
          left join pg_catalog.pg_namespace ln on ln.oid = co.collnamespace
         group by l.indclass, l.indcollation)`;

/** The type of an expression; that of a column is known. */
const expressionType = `case when u.attnum = 0 then (select a.atttypid from pg_catalog.pg_attribute a where a.attrelid = x.indexrelid and a.attnum = u.place) end`;

/**
 * The keys and included columns as texts, by `indexrelid`, of all indexes that aren't behind a constraint: a table to select from. Sorted once, since an
 * aggregate that sorts for each index takes longer than all the rest.
 */
export const indexKeys = `(
        select k.indexrelid, string_agg(k.text, ', ') filter (where k.is_key) as keys, string_agg(k.text, ', ') filter (where not k.is_key) as included
          from (select x.indexrelid, x.place <= x.indnkeyatts as is_key, ${key} as text
                  from (select x.indexrelid, x.indrelid, x.indnkeyatts, u.attnum, u.coll, u.option, u.place, oc.*, ${classOptions} as attoptions,
                               ${expressionType} as expression_type
                          from (select i.indexrelid, i.indrelid, i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indoption
                                  from pg_catalog.pg_index i
                                 where i.indexrelid >= 16384 and ($1::pg_catalog.oid[] is null or i.indrelid = any ($1))
                                   and not exists (
                                     select from pg_catalog.pg_constraint n
                                      where n.conindid = i.indexrelid and n.conrelid = i.indrelid and n.contype in ('p', 'u', 'x'))
                                offset 0) x
                         cross join lateral unnest(x.indkey, x.indclass, x.indcollation, x.indoption) with ordinality u (attnum, class, coll, option, place)
                          left join pg_catalog.pg_opclass oc on oc.oid = u.class
                        offset 0) x
                  left join lateral (select a.attname, a.atttypid, a.attcollation from pg_catalog.pg_attribute a
                                      where a.attrelid = x.indrelid and a.attnum = x.attnum and x.attnum > 0 offset 0) c on true
                  left join pg_catalog.pg_type ty on ty.oid = coalesce(c.atttypid, x.expression_type)
                  left join pg_catalog.pg_type ot on ot.oid = x.opcintype
                 order by x.indexrelid, x.place) k
         group by k.indexrelid)`;
