import type { App } from 'cdk8s';
import { MeshApp } from 'mesh-constructs';
import type { MeshProps } from 'mesh-constructs';
import { orders } from './orders';
import { storefront } from './storefront';
import { makeWorld } from './world';
import type { InOrder } from './world';

/**
 * A shop of several teams on one mesh. Who comes first does not matter: whatever the order, the same files are written, to the
 * byte.
 */
export function shop<T extends App>(app: T, inOrder: InOrder = (items) => items, mesh: MeshProps = {}): T {
  const world = makeWorld(app, inOrder, mesh);
  for (const step of inOrder([...storefront(world), ...orders(world)])) step();
  return app;
}

if (require.main === module) shop(new MeshApp()).synth();
