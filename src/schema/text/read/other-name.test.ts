import { expect, test } from 'vitest';
import { otherName } from './other-name.ts';

test.each([
  ['CREATE CAST (text AS public.mood) WITH INOUT AS ASSIGNMENT', 'cast', '(text AS public.mood)'],
  ['CREATE CAST (numeric(3,2) AS public.mood) WITHOUT FUNCTION', 'cast', '(numeric(3,2) AS public.mood)'],
  ['CREATE TRANSFORM FOR public.e LANGUAGE plpgsql (FROM SQL WITH FUNCTION public.f(internal))', 'transform', 'FOR public.e LANGUAGE plpgsql'],
  ['CREATE USER MAPPING FOR "Audit Or" SERVER "my server" OPTIONS (\n    u \'x\'\n)', 'user mapping', 'FOR "Audit Or" SERVER "my server"'],
  ['CREATE USER MAPPING FOR public SERVER s', 'user mapping', 'FOR public SERVER s'],
  ['CREATE OPERATOR CLASS public.oc\n    DEFAULT FOR TYPE point USING gist FAMILY public.f AS\n    STORAGE box', 'operator class', 'public.oc USING gist'],
  ['CREATE OPERATOR FAMILY public."My f" USING btree', 'operator family', 'public."My f" USING btree'],
  ['CREATE OPERATOR public.=== (\n    FUNCTION = f,\n    LEFTARG = integer,\n    RIGHTARG = text\n)', 'operator', 'public.=== (integer, text)'],
  ['CREATE OPERATOR public.!! (\n    FUNCTION = f,\n    RIGHTARG = double precision\n)', 'operator', 'public.!! (NONE, double precision)'],
  ["CREATE DEFAULT CONVERSION public.c FOR 'UTF8' TO 'LATIN1' FROM x", 'conversion', 'public.c'],
  ['CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plx', 'language', 'plx'],
  ['CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public', 'extension', '"uuid-ossp"'],
  ['CREATE TEXT SEARCH CONFIGURATION public."C f" (\n    PARSER = x )', 'text search configuration', 'public."C f"'],
])('%s', (statement, kind, name) => {
  expect(otherName(statement)).toEqual({ kind, name });
});

test('what makes nothing has no name', () => {
  expect(otherName('ALTER OPERATOR FAMILY public.f USING btree ADD OPERATOR 1 <(integer,bigint)')).toBeUndefined();
});
