import type { Clone } from '../cluster/clone.ts';
import type { Settings } from '../config/schema.ts';
import { commandEnvironment } from '../migrate/command-environment.ts';
import { exportLines, teamVariables } from './clone-environment.ts';
import type { Terminal } from './terminal.ts';

/** Says where a kept clone is and how an application in another terminal uses it. */
export function printClone(
  terminal: Terminal,
  clone: Clone,
  { settings, expiresAt, asJson }: { settings: Settings | undefined; expiresAt?: string; asJson: boolean },
): void {
  const environment = commandEnvironment(clone.login, { env: {}, ...(settings === undefined ? {} : teamVariables(settings)) });
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
  terminal.print(
    `  export ${exportLines(Object.fromEntries(team))
      .map((line) => line.replace(/^export /, ''))
      .join(' ')}`,
  );
  terminal.print('or, with the PG* variables too:');
  terminal.print(`  pgrehearse exec --name ${clone.label} -- npm start`);
  terminal.print(`  eval "$(pgrehearse env ${clone.label})"`);
}
