import { landlords } from '../core/landlords.ts';

const names = [...landlords.amazon, ...landlords.microsoft].map((name) => `'${name}'`).join(', ');

/** Whether a row `a` of pg_stat_activity is a session of the cloud's own, which looks after the server. Never where we are superuser: that server is ours. */
export const isLandlord = `(a.usename in (${names}) and not pg_catalog.current_setting('is_superuser')::bool)`;
