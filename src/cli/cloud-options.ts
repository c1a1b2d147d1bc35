import type { CloudChoices } from '../core/cloud.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { flag, list, OptionError, type OptionSpec, type OptionValues, text } from './command.ts';

const account: OptionSpec<string | undefined> = {
  ...text(
    'id',
    'The AWS account, or the subscription of Azure, that is meant: it must be the configured one. Needed in CI, where PGREHEARSE_ACCOUNT does too.',
  ),
  parse: (given) => {
    if (!/^\d{12}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given))
      throw new OptionError('must be an account id: 12 digits, or the id of a subscription');
    return given;
  },
};

const hours: OptionSpec<number | undefined> = {
  placeholder: 'hours',
  about: 'A snapshot that is younger is used as it is; as configured (freshnessHours) unless given.',
  parse: (given) => {
    const number = Number(given);
    if (given.trim() === '' || !Number.isFinite(number) || number < 0) throw new OptionError('must be a number of hours');
    return number;
  },
  fallback: undefined,
};

/** Of every command that may have to restore a snapshot of production. */
export const permissionOptions = {
  yes: flag('Agree that a snapshot is taken where needed, and a server restored and deleted in the cloud, where the source is one.'),
  account,
};

/** Of commands that are about a copy of production. */
export const cloudOptions = {
  ...permissionOptions,
  freshSnapshot: flag('Take a new snapshot, however young the newest one is.'),
  freshnessHours: hours,
  instanceClass: list('classes', 'Classes of the restored server, tried in this order, separated by commas; as configured unless given.'),
  keepSnapshot: flag('Keep the snapshot that is taken.'),
};

/** What these options say of a cloud source. */
export function cloudChoices(options: Partial<OptionValues<typeof cloudOptions>>): CloudChoices {
  const { yes = false, freshSnapshot = false, keepSnapshot = false, freshnessHours, instanceClass } = options;
  return {
    permitted: yes,
    ...(freshSnapshot && { freshSnapshot }),
    ...(keepSnapshot && { keepSnapshot }),
    ...withoutUndefined({ account: options.account, freshnessHours, classes: instanceClass }),
  };
}
