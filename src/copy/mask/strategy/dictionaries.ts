/** Words that fakes are made of: ASCII only, so that every encoding holds them. */
export interface Dictionaries {
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly cities: readonly string[];
  readonly streets: readonly string[];
  readonly companies: readonly string[];
  readonly userAgents: readonly string[];
}

const wordsEach = 256;
const seed = 20_261_121;

/** Makes the dictionaries; always the same for the same version of the library. Loaded only where something is faked: it is large. */
export async function makeDictionaries(): Promise<Dictionaries> {
  const { faker } = await import('@faker-js/faker/locale/en');
  faker.seed(seed);
  const collect = (make: () => string, wanted = /^/): readonly string[] => {
    const words = new Set<string>();
    for (let tries = 0; words.size < wordsEach && tries < 50 * wordsEach; tries++) {
      const word = make();
      if (/^[ -~]+$/.test(word) && wanted.test(word)) words.add(word);
    }
    return [...words];
  };
  return {
    firstNames: collect(() => faker.person.firstName()),
    lastNames: collect(() => faker.person.lastName()),
    cities: collect(() => faker.location.city()),
    streets: collect(() => faker.location.street()),
    companies: collect(() => faker.company.name()),
    userAgents: collect(() => faker.internet.userAgent(), /^Mozilla/),
  };
}
