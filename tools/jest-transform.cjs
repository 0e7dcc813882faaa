const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const esbuild = require('esbuild');

const OPTIONS = { format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false };
const VERSION = createHash('sha256').update(readFileSync(__filename)).update(esbuild.version).digest('hex');

/** jest's transformer: esbuild takes the types off and turns ES modules into CommonJS, one file at a time. */
module.exports = {
  getCacheKey: (source, file) => createHash('sha256').update(VERSION).update(file).update('\0').update(source).digest('hex'),
  process: (source, file) => {
    // `moduleNameMapper` and `node_modules` give plain JavaScript too
    const loader = file.endsWith('ts') ? 'ts' : 'js';
    return { code: esbuild.transformSync(source, { ...OPTIONS, loader, sourcefile: file }).code };
  },
};
