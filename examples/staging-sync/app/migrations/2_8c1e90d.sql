-- Not yet applied on staging: it meets production's rows there for the first time.
update books set provenance = 'unknown' where provenance is null;
alter table books alter column provenance set default 'unknown', alter column provenance set not null;
