-- begin old-payload-key
create or replace function public.route_inbound_event() returns trigger
language plpgsql
as $$
begin
  new.tenant_id := (new.payload ->> 'tenant_id')::bigint;
  return new;
end
$$;
-- end old-payload-key

-- Workers read the key too, so what still waits in the queue changes along; what is done stays as it was received.
update public.inbound_event
set payload = payload - 'legal_entity_id' || jsonb_build_object('tenant_id', payload -> 'legal_entity_id')
where status = 'queued';
