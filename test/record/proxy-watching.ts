import type { ProxyHooks, WireStatement } from '../../src/record/proxy/contract.ts';

/** What the hooks were told, in order. */
export function watching(answer?: Partial<ProxyHooks>) {
  const told: string[] = [];
  const statements: WireStatement[] = [];
  const hooks: ProxyHooks = {
    onOpen: ({ id, user }) => void told.push(`open ${id} ${user}`),
    onClose: ({ id }, _, ending) => void told.push(`close ${id} ${ending}`),
    onStart: (_, text) => void told.push(`start ${text}`),
    onStatement: (statement) => {
      statements.push(statement);
      told.push(`${statement.error?.sqlstate ?? statement.tag ?? 'suspended'} ${statement.rows} ${statement.text}`);
    },
    atReady: async ({ state, ask }) => void told.push(`ready ${state}${ask === undefined ? '' : ' ask'}`),
    isOurs: () => false,
    ...answer,
  };
  return { told, statements, hooks };
}
