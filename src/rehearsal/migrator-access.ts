import type { Context } from '../core/ports.ts';
import type { SharedServer } from '../core/shared-server.ts';
import type { MigratorAccess } from '../migrate/migrator.ts';

/** How the migrator gets in where others use the server too; undefined on a server of ours, where every role is ours. */
export function accessOn(context: Context, shared: SharedServer | undefined): MigratorAccess | undefined {
  if (shared === undefined) return undefined;
  return {
    owns: (session, role) => shared.roles.owns(session, role),
    password: shared.migratorPassword,
    passwordOf: (role) => shared.roles.passwordOf(context, role),
  };
}
