import type { Settings } from '../config/schema.ts';
import { commandEnvironment } from '../migrate/command-environment.ts';
import type { KeptClone } from '../rehearsal/load/load-clone.ts';
import { exportLines, teamVariables } from './clone-environment.ts';
import type { Terminal } from './terminal.ts';

/** Says where a kept clone is and how an application in another terminal uses it. */
export function printClone(
  terminal: Terminal,
  clone: KeptClone,
  { settings, expiresAt, asJson, isOwnersLogin = false }: { settings: Settings | undefined; expiresAt?: string; asJson: boolean; isOwnersLogin?: boolean },
): void {
  // On a server that others use, the way in may be its owner's own: that password is told to nobody who doesn't ask for it by `env`.
  const { password: _, ...withoutPassword } = clone.login;
  const shown = isOwnersLogin ? withoutPassword : clone.login;
  const environment = commandEnvironment(shown, { env: {}, ...(settings === undefined ? {} : teamVariables(settings)) });
  const { host, port, database, user } = clone.login;
  if (asJson) {
    terminal.printJson({ name: clone.label, id: clone.id, host, port, database, user, ...(expiresAt === undefined ? {} : { expiresAt }), environment });
    return;
  }
  const team = Object.entries(environment).filter(([name]) => name === 'DATABASE_URL' || !name.startsWith('PG'));
  terminal.print(
    `Clone ${clone.label} is running on ${host}:${port}, database ${database}, user ${user}${expiresAt === undefined ? '' : `, kept until ${expiresAt}`}.`,
  );
  terminal.print('');
  terminal.print('For an application in another terminal:');
  if (!isOwnersLogin) {
    terminal.print(
      `  export ${exportLines(Object.fromEntries(team))
        .map((line) => line.replace(/^export /, ''))
        .join(' ')}`,
    );
    terminal.print('or, with the PG* variables too:');
  }
  terminal.print(`  pgrehearse exec --name ${clone.label} -- npm start`);
  terminal.print(`  eval "$(pgrehearse env --name ${clone.label})"`);
}
