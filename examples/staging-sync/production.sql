-- Production's rows; the same each time.
insert into alembic_version values ('a9fd309');
insert into users (email, name) select 'reader' || n || '@books.example', 'Reader ' || n from generate_series(1, 40) n;
insert into api_keys select md5('key' || n)::uuid, n, sha256(('secret' || n)::bytea), array['read', 'it''s "odd", \ and {}'] from generate_series(1, 40) n;
insert into authors (name, born, tier) select 'Author ' || n, daterange('1900-01-01'::date + n, '1900-01-01'::date + n + 1), n % 3 from generate_series(1, 60) n;
insert into publishers select n, 'Publisher ' || n, jsonb_build_object('city', 'Town ' || n, 'lines', jsonb_build_array(n, null, 'x')) from generate_series(1, 20) n;
insert into binders select n, 'Binder ' || n, nullif(n - 1, 0) from generate_series(1, 10) n;
insert into books (author_id, publisher_id, binder_id, title, price, state, details)
  select 1 + n % 60, 1 + n % 20, case when n % 3 = 0 then 1 + n % 10 end, E'Title \t\\ ' || n, n * 1.25, (array['wanted', 'owned', 'read'])[1 + n % 3]::reading_state,
         case when n % 4 > 0 then jsonb_build_object('n', n, 'text', E'line\nbreak', 'list', array['a', null]) end from generate_series(1, 153) n;
insert into book_images (book_id, s3_key, size) select 1 + n % 153, 'books/' || n || '/front page ü.jpg', n from generate_series(1, 900) n;
insert into analysis_jobs select md5('job' || n)::uuid, n, 'done', xmlparse(content '<log>' || n || '</log>'), n * interval '1.5 s' from generate_series(1, 120) n;
insert into book_analyses (book_id, job_id, result, score) select n, md5('job' || n)::uuid, '{"b": 1, "a":  [2]}', n / 3.0 from generate_series(1, 120) n;
insert into eval_price_history select 1 + n % 153, timestamp '2025-01-01' + n * interval '1 h', n / 7.0 from generate_series(1, 790) n;
insert into eval_runbook_jobs select n, n, point(n, -n), (n % 256)::bit(8) from generate_series(1, 50) n;
insert into eval_runbooks select n, n, case when n % 5 > 0 then array['Clean', 'with "quotes"', null, 'ü'] when n % 2 = 0 then '{}'::text[] end, 'note' from generate_series(1, 126) n;
insert into admin_config select 'limit ' || n, n * 1.5, timestamptz '2025-12-01 10:00+02' from generate_series(1, 12) n;
insert into price_alerts select n, n, 'https://hooks.example/alert/' || n, true from generate_series(1, 11) n;
analyze;
