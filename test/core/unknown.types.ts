import { App, Chart } from 'cdk8s';
import { ServiceEntry } from '../../imports/istio/service-entry';
import { VirtualService } from '../../imports/istio/virtual-service';
import { ConfigMap } from '../../imports/kubernetes/config-map';
import { Deployment } from '../../imports/kubernetes/deployment';
import { Host } from '../../src/core/host';
import type { NamespaceReference } from '../../src/core/references';
import { requireKnown, unknown } from '../../src/core/unknown';
import type { Known, Leaf, Unknown } from '../../src/core/unknown';
import { Weight } from '../../src/core/weight';
import type { CanaryReleaseProps } from '../../src/delivery/canary-release';
import type { IngressRouteProps } from '../../src/ingress/ingress-route-props';
import type { AccessRule } from '../../src/security/access/access-rule';
import type { StrictMtlsNamespaceProps } from '../../src/security/namespace/strict-mtls-namespace';

/**
 * Where the compiler takes a value that is known only at deployment, and where it refuses one. `unknown.test.ts` proves
 * that each line under a directive is an error of its own.
 */
const scope = new Chart(new App(), 'unknowns', { namespace: 'shop' });
const address = unknown<string>('the address of ip');
const count = unknown<number>('how many');
const plain: string = ['a', 'b'].join('');

// leaves of every kind take it, and plain values, as they are
new ServiceEntry(scope, 'leaves', {
  metadata: { labels: { zone: address }, annotations: { address } },
  spec: { hosts: ['db.example.com'], endpoints: [{ address, weight: count }], resolution: unknown<'STATIC' | 'DNS'>('the resolution') },
});
new ConfigMap(scope, 'whole', { data: unknown<Record<string, string>>('the settings') });
new VirtualService(scope, 'lists', { spec: { hosts: unknown<string[]>('the hosts'), http: [{ timeout: address }] } });
new ConfigMap(scope, 'plain', { metadata: { name: plain, namespace: plain } });

new VirtualService(scope, 'other-type', {
  spec: {
    // @ts-expect-error: hosts is a list, and this will be a text
    hosts: address,
  },
});
new VirtualService(scope, 'other-word', {
  spec: {
    http: [
      {
        // @ts-expect-error: a timeout is a text, and this will be a number
        timeout: count,
      },
    ],
  },
});

// what says which object it is
new ConfigMap(scope, 'name', {
  metadata: {
    // @ts-expect-error: an object is found by its name
    name: address,
  },
});
new ConfigMap(scope, 'namespace', {
  metadata: {
    // @ts-expect-error: and by its namespace
    namespace: address,
  },
});
new ConfigMap(scope, 'generate-name', {
  metadata: {
    // @ts-expect-error: and by what its name begins with
    generateName: address,
  },
});
new ConfigMap(scope, 'api-version', {
  // @ts-expect-error: one of the versions that there are
  apiVersion: address,
});
new Deployment(scope, 'template', {
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: {
        // @ts-expect-error: in a template, too
        name: address,
      },
    },
  },
});

// props of a program's own constructs
interface Props {
  readonly name: Known<string>;
  readonly weight?: Known<number>;
  readonly address?: Leaf<string>;
}
export const fine: Props[] = [{ name: plain, weight: 1, address }, { name: requireKnown(plain, { property: 'name' }), address: 'x' }];
export const wrong: Props[] = [
  {
    // @ts-expect-error: a name has to be known
    name: address,
  },
  {
    name: 'web',
    // @ts-expect-error: a weight has to be known
    weight: count,
  },
  {
    name: 'web',
    // @ts-expect-error: an address is a text
    address: count,
  },
];
// @ts-expect-error: it cannot be made by hand
export const made: Unknown<string> = 'x';
// @ts-expect-error: what will be a number will be no text
export const other: Unknown<string> = count;

// the constructs' own
export const canary: Partial<CanaryReleaseProps> = {
  // @ts-expect-error: objects are made for versions
  canary: address,
  // @ts-expect-error: weights add up to 100
  weight: count,
};
export const route: Partial<IngressRouteProps> = {
  // @ts-expect-error: all routes of a host are one object
  host: address,
};
export const namespace: Partial<StrictMtlsNamespaceProps> = {
  // @ts-expect-error: a name
  name: address,
};
// @ts-expect-error: a namespace is found by its name
export const reference: NamespaceReference = address;
export const references: NamespaceReference[] = [plain, scope.node.children[0] as ConfigMap];
export const rule: AccessRule = {
  // @ts-expect-error: rules are sorted and merged
  paths: [address],
};
// @ts-expect-error: it is computed with
Weight.of(count);
// @ts-expect-error: it is read
Host.parse(address);
export const known = [Weight.of(10), Host.parse(plain)];
