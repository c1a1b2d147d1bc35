import { expect, test } from 'vitest';
import { cutDump, dumpedFrom } from './cut-dump.ts';

const text = `--
-- PostgreSQL database dump
--

\\restrict abc

-- Dumped from database version 15.18 (Debian)
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: f; Type: TABLE; x(); Type: FUNCTION; Schema: public; Owner: My Owner
--

CREATE FUNCTION public."f; Type: TABLE; x"() RETURNS void
    LANGUAGE plpgsql
    AS $$
--
-- Name: fake; Type: TABLE; Schema: public; Owner: x
--
SET default_tablespace = wrong;
\\unrestrict abc
$$;


ALTER FUNCTION public."f; Type: TABLE; x"() OWNER TO "My Owner";

SET default_tablespace = fast;

SET default_table_access_method = heap;

--
-- Name: t; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.t (
    a integer
);


SET default_tablespace = '';

--
-- Name: u; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.u (
);


--
-- PostgreSQL database dump complete
--

\\unrestrict abc
`;

test('cuts a dump at its headers, never inside of a body', () => {
  const [f, t, u, ...more] = cutDump(text);
  expect(more).toEqual([]);
  expect(f?.label).toEqual({ name: 'f; Type: TABLE; x()', type: 'FUNCTION', schema: 'public', owner: 'My Owner' });
  expect(f?.statements).toHaveLength(2);
  expect(f?.statements[0]).toContain('\\unrestrict abc\n$$');
  expect(t).toMatchObject({ label: { name: 't', type: 'TABLE', schema: 'public' }, tablespace: 'fast', accessMethod: 'heap' });
  expect(t?.label).not.toHaveProperty('owner');
  expect(u).toMatchObject({ tablespace: '', accessMethod: 'heap' });
  expect(dumpedFrom(text)).toBe('15.18');
});
