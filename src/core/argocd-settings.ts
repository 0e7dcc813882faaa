/** An entry of `spec.ignoreDifferences` of an Argo CD Application. */
export interface ArgocdIgnoreDifference {
  readonly group: string;
  readonly kind: string;
  readonly jqPathExpressions: readonly string[];
}

/** What a kind's status must say, in which of its lists of conditions. */
interface HealthRule {
  readonly group: string;
  readonly kinds: readonly string[];
  /** Where lists of conditions stand: in the status itself, and in each item of these lists of it. */
  readonly listsOf: readonly string[];
  readonly ownConditions: boolean;
  /** Conditions that mean trouble while they are False. */
  readonly refused: readonly string[];
  /** Conditions to wait for; with none, an object without a status is healthy. */
  readonly awaited: readonly string[];
}

const GATEWAY_API = 'gateway.networking.k8s.io';

const RULES: readonly HealthRule[] = [
  { group: GATEWAY_API, kinds: ['GatewayClass'], ownConditions: true, listsOf: [], refused: ['Accepted'], awaited: ['Accepted'] },
  {
    group: GATEWAY_API,
    kinds: ['Gateway', 'ListenerSet'],
    ownConditions: true,
    listsOf: ['listeners'],
    refused: ['Accepted', 'ResolvedRefs'],
    awaited: ['Accepted', 'Programmed'],
  },
  {
    group: GATEWAY_API,
    kinds: ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'],
    ownConditions: false,
    listsOf: ['parents'],
    refused: ['Accepted', 'ResolvedRefs'],
    awaited: ['Accepted'],
  },
  {
    group: GATEWAY_API,
    kinds: ['BackendTLSPolicy'],
    ownConditions: false,
    listsOf: ['ancestors'],
    refused: ['Accepted', 'ResolvedRefs'],
    awaited: ['Accepted'],
  },
  // istiod writes these in ambient mode only, so nobody may wait for them
  {
    group: 'security.istio.io',
    kinds: ['AuthorizationPolicy'],
    ownConditions: true,
    listsOf: [],
    refused: ['WaypointAccepted', 'ZtunnelAccepted'],
    awaited: [],
  },
  {
    group: 'networking.istio.io',
    kinds: ['ServiceEntry', 'WorkloadEntry'],
    ownConditions: true,
    listsOf: [],
    refused: ['istio.io/WaypointBound'],
    awaited: [],
  },
];

/**
 * Health checks for Argo CD, as `data` of its ConfigMap `argocd-cm`: of the kinds of the Gateway API, and of Istio's kinds
 * that have conditions in their status. Argo CD has none for Istio's kinds, and newer versions have some for the Gateway
 * API's; what stands in `argocd-cm` goes before.
 *
 * Degraded is what a controller refuses; Progressing a kind of the Gateway API that its controller is not done with,
 * so that Argo CD waits for it. Istio's other kinds have no status worth reading: they are healthy when they are there.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
 */
export function argocdHealthChecks(): Readonly<Record<string, string>> {
  const checks = RULES.flatMap((rule) =>
    rule.kinds.map((kind) => [`resource.customizations.health.${rule.group}_${kind}`, luaOf(rule)] as const),
  );
  return Object.fromEntries(checks.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What istiod writes into its webhook configurations once it is up, for `spec.ignoreDifferences` of an Application that
 * installs them: the CA of all its webhooks, and the failure policy of the validating ones.
 *
 * With `RespectIgnoreDifferences=true` among the Application's sync options, a sync leaves these fields as they are.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/
 */
export function argocdIgnoreDifferences(): readonly ArgocdIgnoreDifference[] {
  const group = 'admissionregistration.k8s.io';
  // by name, so that other webhooks of the Application stay watched
  const ofIstio = '.webhooks[] | select(.name | endswith(".istio.io"))';
  return [
    { group, kind: 'MutatingWebhookConfiguration', jqPathExpressions: [`${ofIstio} | .clientConfig.caBundle`] },
    {
      group,
      kind: 'ValidatingWebhookConfiguration',
      jqPathExpressions: [`${ofIstio} | .clientConfig.caBundle`, `${ofIstio} | .failurePolicy`],
    },
  ];
}

/** Argo CD hands the object in as `obj` and reads status and message of what comes back. */
function luaOf({ listsOf, ownConditions, refused, awaited }: HealthRule): string {
  return [
    `local refused = { ${refused.map((name) => `["${name}"] = true`).join(', ')} }`,
    `local awaited = { ${awaited.map((name) => `"${name}"`).join(', ')} }`,
    'local status = obj.status or {}',
    'local lists = {}',
    ...(ownConditions ? ['lists[1] = status.conditions or {}'] : []),
    ...listsOf.flatMap((list) => [
      `for _, part in ipairs(status.${list} or {}) do`,
      '  lists[#lists + 1] = part.conditions or {}',
      'end',
    ]),
    'if obj.metadata.deletionTimestamp ~= nil then',
    '  return { status = "Progressing", message = "It is being deleted" }',
    'end',
    'local isWaiting = #lists == 0',
    'for _, conditions in ipairs(lists) do',
    '  local seen = {}',
    '  for _, condition in ipairs(conditions) do',
    '    local isOld = condition.observedGeneration ~= nil and obj.metadata.generation ~= nil',
    '      and condition.observedGeneration < obj.metadata.generation',
    '    if not isOld then',
    '      seen[condition.type] = condition.status',
    '      if refused[condition.type] and condition.status == "False" then',
    '        return { status = "Degraded", message = condition.type .. ": " .. (condition.message or condition.reason or "") }',
    '      end',
    '    end',
    '  end',
    '  for _, name in ipairs(awaited) do',
    '    if seen[name] ~= "True" then isWaiting = true end',
    '  end',
    'end',
    'if isWaiting then',
    '  return { status = "Progressing", message = "Its controller is not done with it yet" }',
    'end',
    'return { status = "Healthy", message = "" }',
    '',
  ].join('\n');
}
