import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';
import { settingsProblems } from '../settings-problems.ts';

const settings = (compatibility: object) => ({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-at-head', schema: ['s.sql'] },
  compatibility,
});

const problems = (compatibility: object) =>
  settingsProblems(settingsSchema, settings(compatibility)).map(({ path, message }) => `${path.slice(1).join('.')} ${message}`);

test('a check without a kind is a command, as it always was; each kind gets its defaults', () => {
  const application = { start: ['x'] };
  const smoke = [
    { name: 'a', command: ['x'], timeoutSeconds: 5 },
    { kind: 'http', name: 'b', url: '/' },
    { kind: 'poll', name: 'c', ask: { sql: 'select 1' }, until: { matches: '1' } },
    { kind: 'page', name: 'd', url: 'https://example.org' },
    { kind: 'manual', name: 'e', steps: ['Look.'] },
  ];
  expect(problems({ application, smoke })).toEqual([]);
  const parsed = settingsSchema.parse(settings({ application, smoke })).compatibility;
  expect(parsed.smoke[0]).toMatchObject({ command: ['x'], timeoutSeconds: 5, required: true, on: ['before', 'old-on-new', 'new'] });
  expect(parsed.smoke[1]).toMatchObject({ method: 'GET', timeoutSeconds: 30, expect: { json: [] } });
  expect(parsed.application).toMatchObject({ portVariable: 'PORT', readyWhen: 'port', stopSignal: 'SIGTERM' });
});

test('what no key can say by itself is told, all at once and where it stands', () => {
  expect(
    problems({
      before: { ref: 'v1', start: ['x'] },
      smoke: [
        { kind: 'http', name: 'a', url: '/a' },
        { kind: 'page', name: 'a', url: '/b' },
        { kind: 'poll', name: 'application', trigger: { http: { url: '/c' } }, ask: { http: { url: '/d' } }, until: { status: 200 } },
      ],
    }),
  ).toEqual([
    'smoke.0.url is a path, and compatibility.application, which it would be a path of, is missing',
    'smoke.1.name has the name of an earlier one',
    'smoke.1.url is a path, and compatibility.application, which it would be a path of, is missing',
    'smoke.2.name must not be application: the application itself is called so',
    'smoke.2.trigger.http.url is a path, and compatibility.application, which it would be a path of, is missing',
    'smoke.2.ask.http.url is a path, and compatibility.application, which it would be a path of, is missing',
    'before.start starts nothing without compatibility.application',
  ]);
  expect(problems({ before: { skip: 'the old version can’t be built any more' } })).toEqual([
    'before has nothing to try: compatibility.smoke and compatibility.application are missing',
  ]);
});

test('each kind’s own problems: a lost key, a pattern that isn’t one, a state that names nothing', () => {
  expect(problems({ smoke: [{ name: 'a' }] })).toEqual(['smoke.0.command is missing']);
  expect(problems({ smoke: [{ name: 'a', command: ['x'], mustPrint: ['('] }] })).toEqual(['smoke.0.mustPrint.0 must be a regular expression']);
  expect(problems({ smoke: [{ kind: 'https', name: 'a', url: 'http://x' }] })[0]).toMatch(/^smoke\.0\.kind must be/);
  expect(problems({ smoke: [{ kind: 'poll', name: 'a', ask: { sql: 'select 1' }, until: {} }] })).toEqual([
    'smoke.0.until names no state: status, matches or json is missing',
  ]);
  expect(problems({ smoke: [{ name: 'a', command: ['x'] }], before: { skip: 'no' } })[0]).toMatch(/^before\.skip /);
});
