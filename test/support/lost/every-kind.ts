/**
 * A schema `kinds` with every kind of object that richDatabase lacks, by kind. Not in it: tablespaces (a copy has none of its own), security labels (no
 * server here has a provider for them), statistics' contents.
 *
 * @param owner a role that owns some of it; @param app one that has rights
 */
export function everyKind({ owner, app }: { readonly owner: string; readonly app: string }, major: number): string {
  return `
    create schema kinds authorization ${owner};

    -- types: composite, range with its own functions, base type, shell type, enum that grew, domain with a default and not null
    create type kinds.pair as (a int, b text collate "C");
    create function kinds.length_between(float8, float8) returns float8 language sql immutable as 'select $1 - $2';
    create type kinds.span as range (subtype = float8, subtype_diff = kinds.length_between, multirange_type_name = kinds.spans);
    create type kinds.base;
    create function kinds.base_in(cstring) returns kinds.base language internal immutable strict as 'textin';
    create function kinds.base_out(kinds.base) returns cstring language internal immutable strict as 'textout';
    create type kinds.base (input = kinds.base_in, output = kinds.base_out, internallength = variable, storage = extended, category = 'Z', preferred = false, default = 'none', delimiter = ';');
    create type kinds.shell;
    create type kinds.grown as enum ('b', 'd');
    alter type kinds.grown add value 'a' before 'b';
    alter type kinds.grown add value 'c' after 'b';
    create domain kinds.code as text collate "C" default 'x' not null constraint short check (length(value) < 5);

    -- functions, procedures, aggregates, operators, classes, families, casts, conversions, transforms, languages, access methods
    create function kinds.all_properties(a int, variadic rest int[] default '{}') returns setof int
      language plpgsql stable strict security definer leakproof parallel safe cost 7 rows 13 set search_path to 'kinds', pg_temp set work_mem to '9MB'
      as $f$ begin
        -- SET in a line of its own
        return query select a
          union all select unnest(rest);
      end $f$;
    create function kinds.outs(out a int, inout b text, out c kinds.pair) language sql as $f$ select 1, b, row(1, 'x')::kinds.pair $f$;
    create function kinds.tabled(n int) returns table (x int, "y Y" text) language sql as $f$ select n, 'a' $f$;
    create procedure kinds.does(inout n int) language sql begin atomic select n + 1; end;
    create function kinds.add(kinds.pair, kinds.pair) returns kinds.pair language sql immutable as $f$ select row($1.a + $2.a, $1.b || $2.b)::kinds.pair $f$;
    create aggregate kinds.sum(kinds.pair) (sfunc = kinds.add, stype = kinds.pair, initcond = '(0,"")', parallel = safe);
    create aggregate kinds.highest(order by anyelement) (sfunc = pg_catalog.ordered_set_transition, stype = internal, finalfunc = pg_catalog.mode_final, finalfunc_extra);
    create operator kinds.|+| (leftarg = kinds.pair, rightarg = kinds.pair, function = kinds.add, commutator = operator(kinds.|+|));
    create operator kinds.=== (leftarg = int, rightarg = int, function = pg_catalog.int4eq, commutator = operator(kinds.===), restrict = eqsel, join = eqjoinsel, hashes, merges);
    create function kinds.compare_backwards(int, int) returns int language sql immutable strict as 'select btint4cmp($2, $1)';
    create operator family kinds.family using btree;
    create operator class kinds.backwards for type int using btree family kinds.family as
      operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 kinds.compare_backwards(int, int);
    create function kinds.pair_text(kinds.pair) returns text language sql immutable as 'select $1.b';
    create cast (kinds.pair as text) with function kinds.pair_text(kinds.pair) as assignment;
    create cast (kinds.base as text) without function;
    create conversion kinds.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
    create transform for int language sql (from sql with function pg_catalog.prsd_lextype(internal), to sql with function pg_catalog.int4recv(internal));
    create function kinds.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
    create function kinds.inline(internal) returns void language c as '$libdir/plpgsql', 'plpgsql_inline_handler';
    create function kinds.validator(oid) returns void language c as '$libdir/plpgsql', 'plpgsql_validator';
    create trusted language pl_again handler kinds.handler inline kinds.inline validator kinds.validator;
    create function kinds.in_again() returns int language pl_again as 'begin return 1; end';
    create access method heap_again type table handler heap_tableam_handler;
    create access method btree_again type index handler bthandler;
    create operator class kinds.again default for type int using btree_again as
      operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);

    -- collations, text search
    create collation kinds.german (provider = icu, locale = 'de-u-co-phonebk');
    create collation kinds.anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create text search parser kinds.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline);
    create text search template kinds.template (init = dsimple_init, lexize = dsimple_lexize);
    create text search dictionary kinds.dictionary (template = kinds.template, stopwords = 'english', accept = false);
    create text search configuration kinds.config (copy = pg_catalog.german);
    alter text search configuration kinds.config alter mapping for asciiword with kinds.dictionary, simple;

    -- tables: options, storage, statistics, replica identity, cluster, OF, access method, options of columns
    create table kinds.main (
      id int constraint main_id not null, code kinds.code, pair kinds.pair, grown kinds.grown, base kinds.base, span kinds.span, big text, words text collate kinds.german,
      loose text collate kinds.anycase, during tstzrange, place point, later int default nullif(1, 2),
      primary key (id) include (code) with (fillfactor = 80)
    ) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_vacuum_threshold = 99);
    alter table kinds.main alter big set storage external, alter id set statistics 77, alter id set (n_distinct = -0.5), alter big set compression pglz;
    insert into kinds.main (id, code, pair, grown, base, span, words, loose) values (1, 'a', row(1, 'x'), 'd', 'based', '[0,1)', 'Ärger', 'A'), (2, 'b', null, 'b', null, null, null, 'a');
    create table kinds.typed of kinds.pair (primary key (a));
    create table kinds.other_heap (n int) using heap_again;
    insert into kinds.other_heap values (1);
    alter table kinds.main add constraint unique_code unique nulls not distinct (code) deferrable initially deferred;
    alter table kinds.main add constraint no_overlap exclude using gist (during with &&) where (id > 0);
    alter table kinds.main add constraint own_check check (id > 0) no inherit;
    create index kinds_all on kinds.main using btree (words collate "C" text_pattern_ops desc nulls last, (length(big)) nulls first) include (later) with (fillfactor = 60) where later is not null;
    create index kinds_backwards on kinds.main (id kinds.backwards);
    create index kinds_gin on kinds.main using gin (to_tsvector('pg_catalog.simple', big));
    create index kinds_brin on kinds.main using brin (id int4_minmax_multi_ops (values_per_range = 9));
    alter index kinds.kinds_all alter column 2 set statistics 55;
    alter table kinds.main cluster on main_pkey;
    alter table kinds.main replica identity using index main_pkey;
    create table kinds.full_identity (n int);
    alter table kinds.full_identity replica identity full;
    create table kinds.referring (id int primary key, a int references kinds.main match full on delete set null on update cascade deferrable,
      b int, c int, foreign key (b) references kinds.main on delete set default, constraint late foreign key (c) references kinds.main not valid);
    insert into kinds.referring values (1, 1, 2, null);
    create statistics kinds.several (ndistinct, dependencies, mcv) on id, code, (lower(big)) from kinds.main;
    alter statistics kinds.several set statistics 44;

    -- views, rules, triggers
    create view kinds.checked with (security_barrier, security_invoker) as select id, code from kinds.main where id > 1 with cascaded check option;
    alter view kinds.checked alter code set default 'v';
    create view kinds.counting as with recursive counted (n) as (values (1) union all select n + 1 from counted where n < 5) select n from counted;
    create rule instead as on update to kinds.other_heap where new.n > 5 do also insert into kinds.full_identity values (new.n);
    alter table kinds.other_heap disable rule instead;
    create function kinds.trigger() returns trigger language plpgsql as 'begin return null; end';
    create trigger statement_wise after update on kinds.main referencing old table as before new table as after for each statement execute function kinds.trigger('a', 'b''c');
    create trigger column_wise before update of big, words on kinds.main for each row when (old.big is distinct from new.big) execute function kinds.trigger();
    create constraint trigger constrained after insert on kinds.main deferrable initially deferred for each row execute function kinds.trigger();
    create trigger instead_of instead of insert on kinds.checked for each row execute function kinds.trigger();
    create trigger truncating before truncate on kinds.main execute function kinds.trigger();
    alter table kinds.main disable trigger statement_wise;
    alter table kinds.main enable replica trigger column_wise;
    alter table kinds.main enable always trigger truncating;
    create function kinds.on_drop() returns event_trigger language plpgsql as 'begin end';
    create event trigger kinds_on_drop on sql_drop when tag in ('DROP TABLE', 'DROP VIEW') execute function kinds.on_drop();
    alter event trigger kinds_on_drop enable replica;

    -- security: restrictive policies, rights of columns, functions, types, sequences; default rights
    alter table kinds.main enable row level security;
    create policy reading on kinds.main for select to ${app} using (id > 0);
    create policy narrowing on kinds.main as restrictive for all to public using (true) with check (id < 100);
    grant select (id, code), update (code) on kinds.main to ${app};
    grant execute on function kinds.all_properties to ${app} with grant option;
    revoke execute on function kinds.outs from public;
    grant usage on type kinds.pair to ${app};
    revoke usage on type kinds.grown from public;
    create sequence kinds.counter owned by kinds.main.later;
    grant usage on sequence kinds.counter to ${app};
    grant all on all tables in schema kinds to ${owner};
    alter default privileges in schema kinds grant execute on functions to ${app};
    alter default privileges revoke execute on functions from public;
    alter table kinds.typed owner to ${owner};
    alter function kinds.outs owner to ${owner};
    alter type kinds.pair owner to ${owner};

    -- replication, foreign data
    create schema odd_replicated;
    create publication partial for table kinds.main (id, code) where (id > 5) with (publish = 'insert, delete', publish_via_partition_root);
    create publication of_schema for table kinds.typed, tables in schema odd_replicated;
    create subscription never connection 'host=db.production.example dbname=x password=foreign-secret' publication other with (connect = false, slot_name = none);
    create foreign data wrapper empty_wrapper options (debug 'true');
    create server kinds_server type 'kind' version '1' foreign data wrapper empty_wrapper options (host 'x');
    create foreign table kinds.far (id int options (column_name 'ID') not null, constraint positive check (id > 0)) server kinds_server options (table_name 'Far Away');
    grant usage on foreign server kinds_server to ${app};

    -- comments on kinds of things
    comment on type kinds.pair is 'a ''pair''';
    comment on column kinds.pair.a is 'first';
    comment on function kinds.all_properties is E'two\\nlines';
    comment on aggregate kinds.sum(kinds.pair) is 'adds';
    comment on operator kinds.|+| (kinds.pair, kinds.pair) is 'adds too';
    comment on constraint own_check on kinds.main is 'checks';
    comment on constraint short on domain kinds.code is 'short';
    comment on index kinds.kinds_all is 'all';
    comment on policy reading on kinds.main is 'reads';
    comment on trigger column_wise on kinds.main is 'fires';
    comment on rule instead on kinds.other_heap is 'rules';
    comment on publication partial is 'publishes';
    comment on server kinds_server is 'serves';
    comment on event trigger kinds_on_drop is 'events';
    comment on text search configuration kinds.config is 'searches';
    comment on collation kinds.german is 'sorts';
    comment on statistics kinds.several is 'counts';
    comment on large object 424242 is 'large';
    ${major >= 18 ? 'create table kinds.periods (id int4range, during daterange, constraint p primary key (id, during without overlaps)); alter table kinds.main add constraint unforced check (later > 0) not enforced;' : ''}
  `;
}
