import type { StateTable } from '../state-table.ts';

const passing = { is: 'waiting' } as const;
const stopped = {
  is: 'stuck',
  code: 'throwaway-failed',
  why: 'somebody stopped it',
} as const;

/** The states of a Flexible Server: https://learn.microsoft.com/rest/api/postgresql/servers/get, `ServerState`. */
export const serverStates: StateTable = {
  Provisioning: passing,
  Creating: passing,
  Updating: passing,
  Starting: passing,
  Restarting: passing,
  Ready: { is: 'ready' },
  Dropping: { is: 'leaving' },
  Disabled: { is: 'failed', code: 'throwaway-failed', why: 'Azure could not restore it, or has switched it off' },
  Inaccessible: {
    is: 'stuck',
    code: 'cloud-key',
    why: 'its encryption key can’t be used',
    cure: 'Give the identity of the server access to the key in its vault again.',
  },
  Stopping: stopped,
  Stopped: stopped,
};
