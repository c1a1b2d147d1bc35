import type { Settings } from '../../config/schema.ts';

type Target = NonNullable<Settings['target']>;
/** The rehearsal runs on production's copy itself. */
export type InPlaceTarget = Extract<Target, { readonly throwaway: object }>;
/** Clones are databases of ours on a server that is there already. */
export type ServerTarget = Exclude<Target, InPlaceTarget>;

export function inPlaceOf({ target }: Pick<Settings, 'target'>): InPlaceTarget['throwaway'] | undefined {
  return target !== undefined && 'throwaway' in target ? target.throwaway : undefined;
}

export function serverOf({ target }: Pick<Settings, 'target'>): ServerTarget | undefined {
  return target === undefined || 'throwaway' in target ? undefined : target;
}
