import type { SharedServer } from '../core/shared-server.ts';
import type { MigratorAccess } from '../migrate/migrator.ts';

/** How the migrator gets in where others use the server too; undefined on a server of ours, where every role is ours. */
export function accessOn(shared: SharedServer | undefined): MigratorAccess | undefined {
  if (shared === undefined) return undefined;
  return { owns: (session, role) => shared.roles.owns(session, role), password: shared.migratorPassword };
}
