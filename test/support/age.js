#!/usr/bin/env node
// The part of the `age` command that a dump's restore.sql uses: `age -d -i IDENTITY FILE`, by age's own library.
import { readFileSync } from 'node:fs';
import { Decrypter } from 'age-encryption';

const [flag, , identity, file] = process.argv.slice(2);
if (flag !== '-d') throw new Error('only decrypts');
const decrypter = new Decrypter();
decrypter.addIdentity(readFileSync(identity, 'utf8').trim());
process.stdout.write(await decrypter.decrypt(readFileSync(file)));
