import type { Probe } from './probe.ts';

const parser = 'start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline';
const parserFunctions = `create function start(internal, int) returns internal language internal as 'prsd_start';
  create function token(internal, internal, internal) returns internal language internal as 'prsd_nexttoken';
  create function finish(internal) returns void language internal as 'prsd_end';
  create function types(internal) returns internal language internal as 'prsd_lextype';
  create function head(internal, internal, tsquery) returns internal language internal as 'prsd_headline';`;

export const textSearchProbes: readonly Probe[] = [
  { name: 'text search parser', expect: ['semantic', 'text search parser', 'only-left'], left: `create text search parser p (${parser})` },
  ...(
    [
      ['start', 'start = prsd_start', 'start = start'],
      ['token', 'gettoken = prsd_nexttoken', 'gettoken = token'],
      ['end', 'end = prsd_end', 'end = finish'],
      ['types', 'lextypes = prsd_lextype', 'lextypes = types'],
      ['headline', 'headline = prsd_headline', 'headline = head'],
    ] as const
  ).map(
    ([what, own, other]): Probe => ({
      name: `text search parser ${what} function`,
      expect: ['semantic', 'text search parser', ''],
      both: parserFunctions,
      left: `create text search parser p (${parser})`,
      right: `create text search parser p (${parser.replace(own, other)})`,
    }),
  ),
  {
    name: 'text search template',
    expect: ['semantic', 'text search template', 'only-left'],
    left: 'create text search template x (init = dsimple_init, lexize = dsimple_lexize)',
  },
  {
    name: 'text search template init',
    expect: ['semantic', 'text search template', ''],
    left: 'create text search template x (init = dsimple_init, lexize = dsimple_lexize)',
    right: 'create text search template x (lexize = dsimple_lexize)',
  },
  {
    name: 'text search template lexize',
    expect: ['semantic', 'text search template', ''],
    left: 'create text search template x (lexize = dsynonym_lexize)',
    right: 'create text search template x (lexize = dsimple_lexize)',
  },
  { name: 'text search dictionary', expect: ['semantic', 'text search dictionary', 'only-left'], left: 'create text search dictionary d (template = simple)' },
  {
    name: 'text search dictionary option',
    expect: ['semantic', 'text search dictionary', ''],
    left: 'create text search dictionary d (template = simple, accept = false)',
    right: 'create text search dictionary d (template = simple)',
  },
  {
    name: 'text search dictionary option’s value',
    expect: ['semantic', 'text search dictionary', ''],
    left: "create text search dictionary d (template = simple, stopwords = 'english')",
    right: "create text search dictionary d (template = simple, stopwords = 'german')",
  },
  {
    name: 'text search dictionary template',
    expect: ['semantic', 'text search dictionary', ''],
    both: 'create text search template x (init = dsimple_init, lexize = dsimple_lexize);',
    left: 'create text search dictionary d (template = simple)',
    right: 'create text search dictionary d (template = x)',
  },
  {
    name: 'text search configuration',
    expect: ['semantic', 'text search configuration', 'only-left'],
    left: 'create text search configuration c (copy = simple)',
  },
  {
    name: 'text search configuration parser',
    expect: ['semantic', 'text search configuration', ''],
    both: `create text search parser p (${parser});`,
    left: 'create text search configuration c (parser = p)',
    right: 'create text search configuration c (parser = pg_catalog."default")',
  },
  {
    name: 'text search mapping to another dictionary',
    expect: ['semantic', 'text search configuration', ''],
    both: 'create text search configuration c (copy = simple);',
    left: 'alter text search configuration c alter mapping for email with english_stem',
  },
  {
    name: 'text search mapping order',
    expect: ['semantic', 'text search configuration', ''],
    both: 'create text search configuration c (copy = simple);',
    left: 'alter text search configuration c alter mapping for email with simple, english_stem',
    right: 'alter text search configuration c alter mapping for email with english_stem, simple',
  },
];
