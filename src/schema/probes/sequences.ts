import type { Probe } from './probe.ts';
import { table as t } from './samples.ts';

export const sequenceProbes: readonly Probe[] = [
  { name: 'sequence increment', expect: ['semantic', 'sequence', 'increment'], left: 'create sequence q increment 2', right: 'create sequence q' },
  { name: 'sequence type', expect: ['semantic', 'sequence', 'type'], left: 'create sequence q as int', right: 'create sequence q' },
  { name: 'sequence owned by', expect: ['semantic', 'sequence', 'owned by'], both: `${t} create sequence q;`, left: 'alter sequence q owned by t.a' },
];
