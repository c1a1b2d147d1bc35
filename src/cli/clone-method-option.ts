import { type CloneMethodName, cloneMethodNames } from '../core/clone-method-name.ts';
import { OptionError, type OptionSpec } from './command.ts';

/** `--clone-method <name>`, undefined unless given: then the best one that works. */
export const cloneMethodOption: OptionSpec<CloneMethodName | undefined> = {
  placeholder: 'name',
  about: `How clones are made (${cloneMethodNames.join(', ')}); the best one that works here unless given.`,
  parse: (given) => {
    const name = cloneMethodNames.find((known) => known === given);
    if (name === undefined) throw new OptionError(`must be ${cloneMethodNames.join(' or ')}`);
    return name;
  },
  fallback: undefined,
};
