'use strict';

/**
 * Registers services of three objects each with Pulumi (with mocks for its engine), and prints seconds and bytes as JSON.
 *
 * node pulumi-services.js WAY SERVICES
 *
 * WAY is `component` (our component), or `by-hand`: the same objects as resources, one after the other.
 */
const [way, services] = process.argv.slice(2);
const pulumi = require('@pulumi/pulumi');
const { objectsOf } = require('./services.js');

const manifests = objectsOf(Number(services));

async function main() {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs }, 'project', 'stack', false);
  const run = way === 'component' ? withComponent() : byHand;
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const start = process.hrtime.bigint();
  run();
  await pulumi.runtime.disconnect();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  globalThis.gc?.();
  process.stdout.write(JSON.stringify({ seconds, bytesPerService: (process.memoryUsage().heapUsed - heapBefore) / Number(services) }));
}

function byHand() {
  const parent = new pulumi.ComponentResource('bench:index:ByHand', 'mesh');
  const rules = new Map();
  for (const manifest of manifests) if (manifest.kind === 'DestinationRule') rules.set(manifest.metadata.name, register(manifest, { parent }));
  for (const manifest of manifests) {
    if (manifest.kind === 'DestinationRule') continue;
    const needs = manifest.kind === 'VirtualService' ? { dependsOn: [rules.get(manifest.metadata.name)] } : {};
    register(manifest, { parent, ...needs });
  }
}

function register(manifest, options) {
  const { apiVersion, kind, metadata } = manifest;
  return new pulumi.CustomResource(`kubernetes:${apiVersion}:${kind}`, `${metadata.namespace}/${metadata.name}`, { ...manifest, status: undefined }, options);
}

function withComponent() {
  const root = `${__dirname}/../../lib`;
  const { MeshComponent } = require(`${root}/src/pulumi/index.js`);
  const classes = require(`${root}/imports/istio/index.js`);
  return () =>
    new MeshComponent('mesh', {
      program: (scope) => {
        const made = new Map();
        for (const { kind, metadata, spec } of manifests) {
          const object = new classes[kind](scope, `${metadata.name}-${kind}`, { metadata, spec });
          if (kind === 'VirtualService') made.set(metadata.name, object);
          if (kind === 'DestinationRule') made.get(metadata.name).needs(object);
        }
      },
    });
}

void main();
