'use strict';

/** Ten groups of a thousand objects, each group after the one before; prints the seconds that ordering takes. */
const { App, Chart } = require('cdk8s');
const { Construct } = require('constructs');
const root = `${__dirname}/../../lib`;
const { ConfigMap } = require(`${root}/imports/kubernetes/index.js`);
const { ObjectGraph } = require(`${root}/src/core/object-graph.js`);
const { inOrder } = require(`${root}/src/core/order.js`);
const { renderTree } = require(`${root}/src/core/synthesis.js`);

const app = new App();
const chart = new Chart(app, 'chart', { namespace: 'shop' });
let previous;
for (let stage = 9; stage >= 0; stage -= 1) {
  const group = new Construct(chart, `stage-${stage}`);
  for (let index = 0; index < 1000; index += 1) new ConfigMap(group, `map-${stage}-${index}`);
  if (previous !== undefined) group.node.addDependency(previous);
  previous = group;
}
const { objects } = renderTree(app);
const start = process.hrtime.bigint();
const graph = new ObjectGraph(objects);
const ordered = inOrder(graph.items, { before: (item) => graph.before(item) });
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const stages = ordered.filter((item) => 'object' in item).map((item) => Number(item.object.identity.name.split('-')[1]));
if (stages.length !== 10000 || stages.some((stage, index) => stage > (stages[index - 1] ?? 9))) throw new Error('wrong order');
process.stdout.write(String(seconds));
