import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const sequenceProbes: readonly Probe[] = [
  { name: 'sequence increment', expect: ['semantic', 'sequence', 'increment'], left: 'create sequence q increment 2', right: 'create sequence q' },
  { name: 'sequence type', expect: ['semantic', 'sequence', 'type'], left: 'create sequence q as int', right: 'create sequence q' },
  { name: 'sequence owned by', expect: ['semantic', 'sequence', 'owned by'], both: `${t} create sequence q;`, left: 'alter sequence q owned by t.a' },
  { name: 'sequence missing', expect: ['semantic', 'sequence', 'only-left'], left: 'create sequence q' },
  { name: 'sequence start', expect: ['semantic', 'sequence', 'start'], left: 'create sequence q start 5', right: 'create sequence q' },
  { name: 'sequence minimum', expect: ['semantic', 'sequence', 'minimum'], left: 'create sequence q minvalue 0 start 1', right: 'create sequence q' },
  { name: 'sequence maximum', expect: ['semantic', 'sequence', 'maximum'], left: 'create sequence q maxvalue 99', right: 'create sequence q' },
  { name: 'sequence cache', expect: ['semantic', 'sequence', 'cache'], left: 'create sequence q cache 9', right: 'create sequence q' },
  { name: 'sequence cycle', expect: ['semantic', 'sequence', 'cycle'], left: 'create sequence q cycle', right: 'create sequence q' },
  { name: 'sequence unlogged', expect: ['semantic', 'sequence', 'persistence'], left: 'create unlogged sequence q', right: 'create sequence q' },
  {
    name: 'sequence owned by another column',
    expect: ['semantic', 'sequence', 'owned by'],
    both: `${t} create sequence q;`,
    left: 'alter sequence q owned by t.a',
    right: 'alter sequence q owned by t.b',
  },
  { name: 'owner of a sequence', expect: ['security', 'sequence', 'owner'], both: 'create sequence q;', left: 'alter sequence q owner to $role' },
];
