create function app.enter(tenant integer) returns void language sql as $$ select set_config('app.tenant_id', tenant::text, false) $$;
-- An empty text, which a used connection has in place of nothing, is no number.
alter policy note_of_tenant on public.note using (tenant_id = current_setting('app.tenant_id', true)::integer);
