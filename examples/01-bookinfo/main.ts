import { App } from 'cdk8s';
import { addApplication } from './application';
import { addCrds } from './crds';
import { addMesh } from './mesh';

/** Bookinfo: four services, three versions of reviews, and the mesh around them. */
export function bookinfo(app: App): App {
  addCrds(app);
  addApplication(app);
  addMesh(app);
  return app;
}

if (require.main === module) bookinfo(new App()).synth();
