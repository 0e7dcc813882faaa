import { installationCommand } from './installation-command';
import { RENDER_HELP } from './render-help';

/** `mesh-constructs render`: the manifests of what Istio's own installers are asked for. */
export const renderCommand = installationCommand({
  name: 'render',
  summary: 'print the manifests of Helm values, an IstioOperator or a profile',
  help: RENDER_HELP,
  print: (installation) => {
    // the constructs are loaded only when something is made of them
    const { renderInstallation } = require('../migrate/render') as typeof import('../migrate/render');
    const objects = renderInstallation(installation);
    const text = (): string => {
      const { writeYaml } = require('../core/yaml-writer') as typeof import('../core/yaml-writer');
      return writeYaml(objects);
    };
    return { json: { objects }, text };
  },
});
