create function app.enter(tenant integer) returns void language sql as $$ select set_config('app.tenant_id', tenant::text, true) $$;
