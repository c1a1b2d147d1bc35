drop function app.set_community_context(uuid);
drop function app.current_community_id();
-- Without CASCADE: what a later migration has put there is told, and not taken along.
drop schema app;
