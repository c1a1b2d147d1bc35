import type { Probe } from './probe.ts';

export const foreignDataProbes: readonly Probe[] = [
  {
    name: 'foreign table option',
    expect: ['semantic', 'foreign table', 'option x'],
    both: 'create foreign data wrapper w_$s; create server s_$s foreign data wrapper w_$s;',
    left: "create foreign table ft (a int) server s_$s options (x '1')",
    right: "create foreign table ft (a int) server s_$s options (x '2')",
  },
];
