/**
 * node .ci/complete-lock.mjs [--check]
 *
 * Adds to package-lock.json what `npm install` leaves out when the registry at hand does not carry every platform's
 * build of a package: without these entries `npm ci` calls the lockfile incomplete on every machine. An entry says for
 * which platform it is, so only that platform fetches it. It has no hash, because there was nothing here to hash, and
 * the licence of the package it belongs to.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
};
const processors = {
  64: 'x64',
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
};

function platformOf(name) {
  const [system, processor, library = ''] = name
    .slice(name.search(/(android|darwin|freebsd|linux|openharmony|win32|windows)-/))
    .split('-');
  const [os, cpu] = [systems[system], processors[processor]];
  if (!os || !cpu) throw new Error(`Expected a package for one platform, found ${name}.`);
  const libc =
    os !== 'linux'
      ? undefined
      : library.startsWith('musl')
        ? ['musl']
        : library.startsWith('gnu')
          ? ['glibc']
          : undefined;
  return { os: [os], cpu: [cpu], ...(libc ? { libc } : {}) };
}

const added = [];
for (const [path, { optionalDependencies = {}, dev, license }] of Object.entries(lock.packages)) {
  if (!path.includes('node_modules/')) continue;
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const known = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => place in lock.packages);
    if (known || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      license,
      ...(dev ? { dev } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length > 0) console.log(`${added.length} platform packages are not in the lockfile: ${added.join(', ')}`);
if (process.argv.includes('--check')) process.exitCode = added.length > 0 ? 1 : 0;
else {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
