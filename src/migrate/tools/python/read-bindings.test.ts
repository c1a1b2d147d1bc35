import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython, pythonHas } from '../../../../test/tools/ask-python.ts';
import type { Literal } from './literal.ts';
import { readBindings } from './read-bindings.ts';
import { scanPython } from './scan-python.ts';

const names = new Set(['a', 'b']);
const hasPython = pythonHas('json');

/** As JSON: a value, `unknown`, or nothing where the name isn't bound. */
function ours(text: string): Record<string, unknown> | 'no python' {
  const lines = scanPython(text);
  if ('problem' in lines) return 'no python';
  return Object.fromEntries([...readBindings(lines, names)].map(([name, { literal }]) => [name, literal === undefined ? 'unknown' : plain(literal)]));
}

function plain(literal: Literal): unknown {
  if (typeof literal !== 'object' || literal === null) return { value: literal };
  return 'items' in literal ? { items: literal.items.map(plain) } : 'unknown';
}

/** What the same text makes of the names when Python runs it. */
const runEach = `
import json, sys, typing
def plain(v):
    if v is None or isinstance(v, (str, bool)): return {"value": v}
    if isinstance(v, (tuple, list)): return {"items": [plain(i) for i in v]}
    if isinstance(v, set): return {"items": [plain(i) for i in sorted(v)]}
    return "unknown"
out = []
for text in json.load(sys.stdin):
    scope = {"__name__": "x", "Union": typing.Union, "Tuple": typing.Tuple}
    try:
        exec(compile(text.encode("utf-8"), "x.py", "exec"), scope)
        out.append({k: plain(scope[k]) for k in ("a", "b") if k in scope})
    except SyntaxError as e:
        out.append("no python")
    except Exception as e:
        out.append("raises " + repr(e))
json.dump(out, sys.stdout)
`;

/** Texts whose values must be read, not merely not misread. */
const literal = [
  'a = "1"',
  "a = '1'\nb = None",
  'a: str = "1"\nb: Union[str, None] = None',
  'a: Union[\n  str,\n  Tuple[str, ...],\n] = (\n  "x",  # the first "one"\n  \'y\',\n)\n',
  'a = """x\ny"""',
  'a = r\'\\d\' "\\x41\\101\\u00e9\\n"',
  'a = ("1")\nb = ("1",)',
  'a = ()\nb = []',
  'a = "1"; b = "2"',
  'a = b = "1"',
  'a = \\\n  "1"',
  '\uFEFFa = "1"',
  'a = "1"\r\nb = (\r\n "2",\r\n "3")\r\n',
  'a = "1"\rb = "2"\r',
  '# a = "2"\na = "1"  # a = "3"',
  '"""\na = "2"\n"""\na = "1"',
  'x = "a = \'2\'"\na = "1"',
  'def f():\n    a = "2"\n\na = "1"\n',
  'class C:\n    a = "2"\na = "1"',
  'a = "1"\ndef f():\n\tif True:\n\t\ta = "2"\n\treturn "#"\n',
  'a = "x" "y" \'z\'',
  'a = "1",\nb = "1", "2"',
  'a = u"1"\nb = R"\\n"',
  'a = "\\\n1"',
  'x = [i for i in (1, 2)]\na = "1"',
  'a = "1"\nx = lambda a: a\ny = dict(a=3)\n',
  'import os as c\nfrom os import path\na = "1"',
  'a = {"1"}',
  'a = f"x{{y}}"',
  'a = "1"\na == "2"\nb = "é"\nb = "ü"',
  'a = "1"\n\uFF41 = "2"',
  'a = "1"\nassert a == "1", "a = 2"',
];

/** Texts of which a careless reader takes a wrong value. */
const hostile = [
  'a = "1"\nif True:\n    a = "2"',
  'if True: a = "2"',
  'a = "1"\nif False:\n    a = "2"',
  'a = "1"\nif False: a = "2"',
  'a = "1"\nwhile False:\n\ta = "2"',
  'if False:\n    a = "1"\nelse: a = "2"',
  'a = "1"\nfor a in ["2"]: pass',
  'a = "1"\na += "2"',
  'a = ["1"]\na.append("2")',
  'a = ["1"]\na[0] = "2"',
  'a, b = "1", "2"',
  '(a) = "1"',
  '[a, b] = "1", "2"',
  'a = "1"\nfrom os import sep as a',
  'a = "1"\nfrom string import *\nb = "1"',
  'a = "1"\nglobals()["a"] = "2"',
  'a = "1"\ndef f():\n    global a\n    a = "2"\nf()',
  'a = "1"\nclass a: pass',
  'a = "1"\ndef a(): pass',
  'a = "1"\nx = (a := "2")',
  'a = "1"\ndel a',
  'a = "1"\ntry:\n    a = "2"\nfinally: pass',
  'try: a = "2"\nfinally: pass',
  'a = "1"\nwith open("/dev/null") as a: pass',
  'a = "1" + "2"',
  'a = "1" "2" % ()',
  'a = "1" if False else "2"',
  'a = ("1" "2")[0]',
  'a = "12"[1]',
  'a = "1".upper()',
  'a = str("1")',
  'x = "2"\na = x',
  'x = "2"\na = f"{x}"',
  'x = "2"\na = f"{x!r:>{10}}"',
  'a = b"1"',
  'a = "\\N{DIGIT ONE}"',
  'a = not "1"',
  'a = "1" or "2"',
  'a = ["1" for _ in (1, 2)]',
  'a = "1", *("2",)',
  'a = {"1": "2"}',
  'a = {}',
  'a = 1',
  'a = -1',
  'a = "1"\nexec("a = \'2\'")',
  'a = "1"\nasync def f(): pass\nimport os as b, sys as a',
  'a = "1"\nwhile True:\n  a = "2"; break',
  'a = "1"\nmatch "2":\n  case a: pass',
  'a: str\nb: str = "1"',
  'class X: a = "2"; b = "3"',
  'a = "1" ; \\\n a = "2"',
  'a = "unclosed',
  'a = ("1"',
  'a = "1")',
  '\ta = "1"',
  'a = yield',
];

test.skipIf(!hasPython)('literal values are read as Python reads them', () => {
  const answers = askPython<unknown[]>(runEach, literal);
  for (const [at, text] of literal.entries()) expect(ours(text), text).toEqual(answers[at]);
});

test.skipIf(!hasPython)('what only Python knows is never guessed', () => {
  const answers = askPython<(Record<string, unknown> | string)[]>(runEach, hostile);
  for (const [at, text] of hostile.entries()) agrees(text, answers[at] ?? '');
});

test.skipIf(!hasPython)('texts put together at random', () => {
  const statement = fc.constantFrom(...literal, ...hostile.filter((text) => !/unclosed|\("1"$|"1"\)$|yield/.test(text)));
  const indented = fc.tuple(fc.constantFrom(0, 1), statement).map(
    ([taken, text]) =>
      `if ${taken}:\n${text
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n')}`,
  );
  const texts = fc.sample(fc.array(fc.oneof(statement, indented), { minLength: 1, maxLength: 5 }), { numRuns: 300, seed: 7 }).map((parts) => parts.join('\n'));
  const answers = askPython<(Record<string, unknown> | string)[]>(runEach, texts);
  for (const [at, text] of texts.entries()) agrees(text, answers[at] ?? '');
});

/** What we read is what Python has; where we say unknown, Python may have anything; and nothing that Python has is missing. */
function agrees(text: string, answer: Record<string, unknown> | string): void {
  if (typeof answer === 'string') return;
  const read = ours(text);
  if (read === 'no python') throw new Error(`Python reads this: ${text}`);
  for (const name of names) {
    if (read[name] !== 'unknown') expect(read[name], `${name} in ${JSON.stringify(text)}`).toEqual(answer[name]);
  }
}
