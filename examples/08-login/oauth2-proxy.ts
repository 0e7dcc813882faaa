import type { Chart } from 'cdk8s';
import type { MeshService } from 'mesh-constructs';
import { Deployment, PodDisruptionBudget } from 'mesh-constructs/kubernetes';

/** What oauth2-proxy has to know; what only it may know is in a Secret. */
export interface LoginSettings {
  readonly issuer: string;
  readonly host: string;
  /** A Secret with the keys `client-id`, `client-secret` and `cookie-secret`. */
  readonly secretName: string;
}

const PORT = 4180;

/** The pods of oauth2-proxy: they log people in, and answer the checks of proxies. */
export function addOauth2Proxy(chart: Chart, { name, namespace }: MeshService, { issuer, host, secretName }: LoginSettings): void {
  const labels = { app: name };
  const env = ['client-id', 'client-secret', 'cookie-secret'].map((key) => ({
    name: `OAUTH2_PROXY_${key.toUpperCase().replace('-', '_')}`,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  }));
  const flags = {
    'provider': 'oidc',
    'oidc-issuer-url': issuer,
    'redirect-url': `https://${host}/oauth2/callback`,
    'scope': 'openid email profile',
    'code-challenge-method': 'S256',
    'insecure-oidc-skip-nonce': false,
    'email-domain': '*',
    'skip-provider-button': true,
    // a cookie of this name is taken over TLS only, and from this host only
    'cookie-name': '__Host-login',
    'cookie-samesite': 'lax',
    'cookie-refresh': '10m',
    // proxies take 200 alone for a yes, and what they ask for is no page of its own
    'upstream': 'static://200',
    'set-xauthrequest': true,
    'set-authorization-header': true,
    'http-address': `0.0.0.0:${PORT}`,
    'silence-ping-logging': true,
  };
  const container = {
    name,
    image: 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.3',
    args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    env,
    ports: [{ name: 'http', containerPort: PORT }],
    readinessProbe: { httpGet: { path: '/ready', port: PORT } },
    livenessProbe: { httpGet: { path: '/ping', port: PORT } },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  new Deployment(chart, `${name}-pods`, {
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65_532, runAsGroup: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container],
        },
      },
    },
  });
  new PodDisruptionBudget(chart, `${name}-budget`, { metadata: { name, namespace }, spec: { minAvailable: 1, selector: { matchLabels: labels } } });
}
