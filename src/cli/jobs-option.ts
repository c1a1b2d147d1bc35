import { OptionError, type OptionSpec } from './command.ts';

/** Each job has a connection on both sides: more than this would rather hinder production than help. */
const mostJobs = 32;

/** `--jobs <n>`, undefined unless given. */
export const jobsOption: OptionSpec<number | undefined> = {
  placeholder: 'n',
  about: 'How many tables are copied, and indexes built, side by side (1 to 32); one for each core, at most 4, unless given.',
  parse: (given) => {
    const number = Number(given);
    if (!/^\d+$/.test(given) || number < 1 || number > mostJobs) throw new OptionError(`must be a number from 1 to ${mostJobs}`);
    return number;
  },
  fallback: undefined,
};
