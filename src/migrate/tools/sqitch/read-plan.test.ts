import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { inFull } from '../../../../test/support/in-full.ts';
import { readPlan } from './read-plan.ts';

/** Sqitch's own reading of plans, all in one process: names, ids and the tags of each change, or that it refuses. */
const askSqitch = `
use strict; use warnings; use utf8;
use JSON::PP; use Encode;
use App::Sqitch; use App::Sqitch::Config; use App::Sqitch::Target; use App::Sqitch::Plan; use URI::db;
my $sqitch = App::Sqitch->new(config => App::Sqitch::Config->new);
my $target = App::Sqitch::Target->new(sqitch => $sqitch, name => 'db:pg:', uri => URI::db->new('db:pg:'));
my $input = do { local $/; <STDIN> };
my @out;
for my $text (@{ decode_json($input) }) {
  my $read = eval {
    my $plan = App::Sqitch::Plan->new(sqitch => $sqitch, target => $target);
    $plan->parse(encode_utf8($text));
    [map { { name => $_->name, id => $_->id, tags => [map { $_->name } $_->tags], reworked => [map { $_->name } $_->rework_tags] } } $plan->changes];
  };
  push @out => $read // { refused => "$@" };
}
print encode_json(\\@out);
`;

type Answer = readonly { name: string; id: string; tags: string[]; reworked: string[] }[] | { readonly refused: string };

const time = (second: number) => `2026-01-01T00:00:${String(second % 60).padStart(2, '0')}Z`;
const head = '%syntax-version=1.0.0\n%project=shop\n';
const by = (rest: string) => `${rest} ${time(1)} A B <a@b.c>\n`;

const written: readonly string[] = [
  `${head}\n${by('a')}${by('b [a]')}`,
  `${head}%uri=https://example.com\n\n${by('a')}`,
  `${head}%uri=HTTP://Example.com:80/A%20b/\n\n${by('a')}`,
  `%project=shop\n# a comment\n%x\n\n${by('a')}`,
  `${head}\n  + a\t${time(1)}  Jörg  Müller <j@m.de>  # note with \\n line and \\\\ and # more\n`,
  `${head}\n${by('a')}${by('@v1')}${by('@v1.1')}${by('a [a@v1]')}${by('@v2')}${by('b [a @v2 other:x other:y@z !c !shop:d shop:a]')}`,
  `${head}\n${by('a/b.c-d')}${by('é-ü')}${by('x=y')}${by('x~y1')}${by('-a2')}`,
  `${head}\r\n${by('a').replace('\n', '\r\n')}\r\n${by('b').replace('\n', '\r\n')}`,
  `${head}\n${by('a')}\n# comment\n\n   \n${by('b')}`,
  `${head}\na ${time(1)} A <a@b> # 0\nb ${time(1)} A <a@b> #\n`,
  `${head}\n${by('a[x]')}`,
  `${head}`,
  // What Sqitch refuses.
  `${head}${by('a')}`,
  `%syntax-version=1.0.0\n\n${by('a')}`,
  `%project=a b\n\n${by('a')}`,
  `${head}\n${by('a')}${by('a')}`,
  `${head}\n${by('@v1')}`,
  `${head}\n${by('a')}${by('@v1')}${by('@v1')}`,
  `${head}\n${by('a')}${by('@v/1')}`,
  `${head}\n${by('a')}${by('@v1 [a]')}`,
  `${head}\n${by('a [b]')}${by('b')}`,
  `${head}\n${by('a [a]')}`,
  `${head}\n${by('a [b@v1]')}`,
  `${head}\n${by('a [x:y:z]')}`,
  `${head}\n${by('a')}${by('b [a a]')}`,
  `${head}\na ${time(1)}\n`,
  `${head}\na A <a@b>\n`,
  `${head}\n${by('a:b')}`,
  `${head}\n${by('-')}`,
  `${head}\n${by('a-')}`,
  `${head}\n${by('a~1')}`,
  `${head}\n${by('HEAD')}`,
  `${head}\n${by('0'.repeat(40))}`,
  `${head}\na 2026-01-01 A <a@b>\n`,
];

/** Plans of a few names, tags and requirements, many of them wrong. */
const drawn = fc
  .array(
    fc.record({
      tag: fc.nat(3).map((one) => one === 0),
      word: fc.constantFrom('a', 'b', 'c/d', 'e.f', 'ü', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'v-', '1'),
      needs: fc.oneof(
        { weight: 4, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'b', 'c/d', '!e.f', 'other:x', 'a@t1', '@t1', 'b@t2'), { maxLength: 2 }) },
      ),
      note: fc.constantFrom('', ' # a note', ' # é \\n two', '#x'),
      second: fc.nat(59),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((lines) => {
    let tags = 0;
    const texts = lines.map(({ tag, word, needs, note, second }) => {
      const name = tag ? `@t${++tags}` : word;
      const dependencies = tag || needs.length === 0 ? '' : ` [${needs.join(' ')}]`;
      return `${name}${dependencies} ${time(second)} A <a@b>${note}`;
    });
    return `${head}\n${texts.join('\n')}\n`;
  });

const plans = [...written, ...fc.sample(drawn, { numRuns: inFull ? 1_000 : 80, seed: 5 })];
let answers: Answer[];
const hasSqitch = existsSync('/usr/bin/sqitch');
beforeAll(() => {
  if (!hasSqitch) return;
  const ran = spawnSync('perl', ['-e', askSqitch], { input: JSON.stringify(plans), encoding: 'utf8', timeout: 100_000, maxBuffer: 64 * 1024 * 1024 });
  if (ran.status !== 0) throw new Error(`sqitch: ${ran.stderr}`);
  answers = JSON.parse(ran.stdout) as Answer[];
}, 120_000);

test.skipIf(!hasSqitch)('plans are read, and refused, as Sqitch does, with the same ids', () => {
  let read = 0;
  for (const [at, text] of plans.entries()) {
    const plan = readPlan(text);
    const answer = answers[at] ?? expect.unreachable();
    if ('refused' in answer) {
      expect('problems' in plan, `Sqitch refuses ${JSON.stringify(text)}: ${answer.refused}`).toBe(true);
      continue;
    }
    read++;
    if ('problems' in plan) throw new Error(`Sqitch reads ${JSON.stringify(text)}: ${JSON.stringify(plan.problems)}`);
    const ours = plan.changes.map(({ name, id, tags, reworkTags }) => ({ name, id, tags, reworked: reworkTags }));
    expect(ours, text).toEqual(answer);
  }
  expect(read).toBeGreaterThan(plans.length / 5);
});

test('every problem is told with its line', () => {
  expect(readPlan(`${head}\n${by('a [b]')}${by('b-')}${by('c')}${by('@c/d')}`)).toEqual({
    problems: [
      { problem: expect.stringContaining('neither a change nor a tag'), line: 5 },
      { problem: expect.stringContaining('no slash'), line: 7 },
      { problem: 'has the change a, which requires b, and that isn’t before it', line: 4 },
    ],
  });
});

test('many changes', () => {
  const count = inFull ? 5_000 : 300;
  const plan = readPlan(`${head}\n${Array.from({ length: count }, (_, at) => by(at === 0 ? 'c0' : `c${at} [c${at - 1}]`)).join('')}`);
  expect('changes' in plan && plan.changes).toHaveLength(count);
});
