create role pgrehearse_example_reporting nologin;
grant select on public.invoice to pgrehearse_example_reporting;
