-- Whoever works for a community says so at the start of each transaction. Everything after this migration relies on it.
set local lock_timeout = '3s';

create schema app;
grant usage on schema app to lantern_app;

create function app.current_community_id() returns uuid
language plpgsql stable
as $$
declare
  -- A setting that was made in an earlier transaction of the same connection stays as an empty text.
  told text := nullif(current_setting('app.community_id', true), '');
begin
  if told is null then
    raise exception 'app.community_id is not set' using errcode = 'P0001', hint = 'Call app.set_community_context first.';
  end if;
  return told::uuid;
end
$$;

-- For the transaction only: behind a pooler, what is set for the session is met by the next client.
create function app.set_community_context(community uuid) returns void
language plpgsql
as $$
begin
  if community is null then
    raise exception 'a community is needed' using errcode = 'P0001';
  end if;
  perform set_config('app.community_id', community::text, true);
end
$$;

revoke all on function app.current_community_id(), app.set_community_context(uuid) from public;
grant execute on function app.current_community_id(), app.set_community_context(uuid) to lantern_app;
