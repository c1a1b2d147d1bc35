-- Staging is ahead: both columns are jsonb, books has one more, and a migration has filled a table.
create table admin_config (key text primary key, value jsonb not null, updated_at timestamptz, changed_by text not null default 'migration');
create table eval_runbooks (id integer primary key, book_id bigint references books, condition_positives jsonb, notes text);
create table feature_flags (name text primary key, enabled boolean not null);
alter table books add column provenance text;
insert into alembic_version values ('6575f61');
insert into users (id, email, name) values (900, 'tester@staging.example', 'Tester');
insert into authors (name) values ('An author of staging');
insert into books (id, author_id, title) values (700, 1, 'A book of staging');
insert into admin_config values ('limit 1', '100');
insert into feature_flags values ('new-search', true);
analyze;
