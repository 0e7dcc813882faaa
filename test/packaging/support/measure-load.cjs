// Prints as JSON what requiring an entry of the package costs once cdk8s is there: `{ milliseconds, files }`.
// With `all` as the second argument every name of the entry is read as well, which loads what lies behind it.
const [entry, how] = process.argv.slice(2);
require('cdk8s');
const before = new Set(Object.keys(require.cache));
const start = process.hrtime.bigint();
const loaded = require(entry);
if (how === 'all') for (const name of Object.keys(loaded)) void loaded[name];
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
const files = Object.keys(require.cache).filter((file) => !before.has(file) && file !== __filename);
console.log(JSON.stringify({ milliseconds, files }));
