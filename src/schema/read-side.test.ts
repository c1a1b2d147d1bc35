import { expect, test } from 'vitest';
import { testContext } from '../../test/support/test-context.ts';
import { dumpSides, openSides, type Side } from './read-side.ts';

const written = (key: string, type = 'integer') =>
  `--\n-- PostgreSQL database dump\n--\n\n\\restrict ${key}\n\nSET client_encoding = 'UTF8';\n\n` +
  `--\n-- Name: t; Type: TABLE; Schema: public; Owner: o\n--\n\nCREATE TABLE public.t (\n    a ${type}\n);\n\n\n\\unrestrict ${key}\n\n`;

async function differing(left: string, right: string) {
  const sideOf = (text: string): Side => ({ text, label: 'a text', serverVersion: '15.18' });
  const sides = [sideOf(left), sideOf(right)] as const;
  const context = testContext();
  const dumped = await dumpSides(context, sides, openSides(context, ...sides), () => {});
  return dumped?.cut.differing;
}

test('the key that pg_dump draws for each text is no difference, and keeps nobody from comparing stretch by stretch', async () => {
  expect(await differing(written('8cy2GXFU'), written('k3yOfAnother'))).toMatchObject({ same: true });
  expect(await differing(written('8cy2GXFU'), written('k3yOfAnother', 'bigint'))).toMatchObject({ same: false, names: new Set(['public.t']) });
});
