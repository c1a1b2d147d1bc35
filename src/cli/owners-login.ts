import { adminUser } from '../cluster/admin-user.ts';
import type { KeptClone } from '../rehearsal/load/load-clone.ts';

/** Whether an application would use the very login by which a server's owner lets us in; on servers of our own the superuser's password is a throwaway. */
export function isOwnersLogin({ admin, login }: KeptClone): boolean {
  return login.user === admin.user && admin.user !== adminUser;
}
