-- Staging's own rows, on the schema of 6575f61.
insert into alembic_version values ('6575f61');
insert into users (id, email, name) values (900, 'tester@staging.example', 'Tester');
insert into authors (name) values ('An author of staging');
insert into books (id, author_id, title) values (700, 1, 'A book of staging');
insert into admin_config values ('limit 1', '100');
insert into feature_flags values ('new-search', true);
analyze;
