import { sequenceMaximum, sequenceMinimum } from './sequence-clauses.ts';

/** The sequences of identity columns, by the column: a table to join as `q`. */
export const identitySequences = `(
        select e.refobjid, e.refobjsubid, s.relpersistence, p.*
          from pg_catalog.pg_sequence p
          join pg_catalog.pg_class s on s.oid = p.seqrelid
          join pg_catalog.pg_depend e
            on e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objid = p.seqrelid
           and e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.deptype = 'i')`;

/**
 * The identity of a column `a` with the parameters of its sequence `q`, as one text. The sequence is a part of the column: the server chose its name, which
 * makes no difference.
 */
export const identityText = `concat_ws(' ',
             case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end,
             case when q.seqtypid <> a.atttypid then 'AS ' || pg_catalog.format_type(q.seqtypid, null) end,
             'START WITH ' || q.seqstart,
             'INCREMENT BY ' || q.seqincrement,
             ${sequenceMinimum('q', 'MINVALUE ')},
             ${sequenceMaximum('q', 'MAXVALUE ')},
             'CACHE ' || q.seqcache,
             case when q.seqcycle then 'CYCLE' end)`;
