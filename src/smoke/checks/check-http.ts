import type { SmokeCheck } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import type { WebAnswer } from '../../core/web.ts';
import { lastLines } from '../read-log.ts';
import type { HttpAsking } from '../scene.ts';
import { unfulfilled } from '../unfulfilled.ts';
import type { Answered } from './answered.ts';
import { askHttp, showSilence, silenceOf } from './ask-http.ts';

type HttpCheck = Extract<SmokeCheck, { kind: 'http' }>;

/** Sends a request and holds the answer against what is expected. */
export async function checkHttp(context: Context, asking: HttpAsking, check: Omit<HttpCheck, 'kind' | 'name' | 'on' | 'required'>): Promise<Answered> {
  const { method, url, expect } = check;
  const failsBy = showExpected(expect);
  const asked = await askHttp(context, asking, check);
  if (!asked.ok) return { outcome: 'unknown', said: asked.failure.message, failsBy, cure: asked.failure.cure };
  if ('none' in asked.value) {
    const { none } = asked.value;
    return { outcome: silenceOf(asking, url, none), said: showSilence(check, none), failsBy, cutOff: none.reason === 'refused' };
  }
  const { answer } = asked.value;
  const said = `${method} ${url} answered ${answer.status}`;
  if (answer.cut && expect.matches.length + expect.mustNotMatch.length + expect.json.length > 0)
    return { outcome: 'unknown', said: `${said} with a body that is too long to be looked through`, failsBy };
  const problems = problemsOf(answer, expect);
  if (problems.length === 0) return { outcome: 'works', said, failsBy };
  const detail = lastLines(answer.body);
  const told = problems.filter((problem) => !problem.startsWith(`the status is ${answer.status}`));
  return { outcome: 'broken', said: told.length === 0 ? said : `${said}, but ${told.join('; ')}`, failsBy, ...(detail === '' ? {} : { detail }) };
}

/** What isn't as expected; the status counts even where nobody named one. */
function problemsOf({ status, headers, body }: WebAnswer, expect: HttpCheck['expect']): readonly string[] {
  const unnamed = expect.status === undefined && (status < 200 || status > 299) ? [`the status is ${status}`] : [];
  return [...unnamed, ...unfulfilled({ status, headers, text: body }, expect)];
}

function showExpected({ status, headers, matches, mustNotMatch, json }: HttpCheck['expect']): string {
  return [
    status === undefined ? 'a status beyond 200–299' : `a status other than ${[status].flat().join(' or ')}`,
    ...Object.keys(headers).map((name) => `another header ${name}`),
    ...matches.map((one) => `no ${one} in the body`),
    ...mustNotMatch.map((one) => `${one} in the body`),
    ...json.map(({ path }) => `another value at ${path === '' ? 'the JSON' : path}`),
  ].join(', ');
}
