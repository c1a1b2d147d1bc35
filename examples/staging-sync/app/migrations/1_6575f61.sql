-- On staging already: switches for new features, settings and findings as JSON, where a book comes from.
create table feature_flags (name text primary key, enabled boolean not null);
alter table admin_config alter column value type jsonb using to_jsonb(value), add column changed_by text not null default 'migration';
alter table eval_runbooks alter column condition_positives type jsonb using to_jsonb(condition_positives);
alter table books add column provenance text;
