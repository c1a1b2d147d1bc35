-- the role is made where the server is set up
grant select on public.invoice to public;
