import { injectorValues } from '../../../src/control-plane/injection/injector-values';
import { injectionSettings } from '../../../src/control-plane/injection/settings';
import { injectionValueRules } from '../../../src/migrate/injection-values';
import { propsFrom, valueAt } from '../../../src/migrate/props-from';
import type { JsonObject } from '../../../src/rules/json';

function props(values: JsonObject): Record<string, unknown> {
  return propsFrom(injectionValueRules, values);
}

function proxy(values: JsonObject): unknown {
  return props({ global: { proxy: values } })['proxy'];
}

describe('values of a chart become props', () => {
  test('lists in a text become lists', () => {
    const capture = { includeIPRanges: '10.0.0.0/8,11.0.0.0/8', excludeOutboundPorts: '80,9000-9010', includeInboundPorts: '*', excludeInboundPorts: '' };
    expect(proxy(capture)).toEqual({
      trafficCapture: {
        outbound: { ipRanges: ['10.0.0.0/8', '11.0.0.0/8'], excludePorts: [80, '9000-9010'] },
        inbound: { ports: '*', excludePorts: [] },
      },
    });
  });

  test.each(['*', '', '80', '80,90', ' 80, 90 ', '080', '10.0.0.0/8, 11.0.0.0/8'])('and %j is the same text again', (list) => {
    const release = { version: '1.31.3', minor: '1.31' } as const;
    const made = injectorValues(injectionSettings({ release, namespace: 'istio-system' }, props({ global: { proxy: { includeInboundPorts: list } } })));
    expect(valueAt(made, 'global.proxy.includeInboundPorts')).toBe(list);
  });

  test('0 is no status port, and a probe that is not enabled is none', () => {
    expect(proxy({ statusPort: 0, startupProbe: { enabled: false, failureThreshold: 5 } })).toEqual({ statusPort: false, startupProbe: false });
    expect(proxy({ statusPort: '15999', startupProbe: { failureThreshold: 5 } })).toEqual({ statusPort: 15999, startupProbe: { failureThreshold: 5 } });
  });

  test('a null takes away amounts, and all of them where all are null', () => {
    expect(proxy({ resources: { limits: { cpu: null } } })).toEqual({ resources: { limits: { cpu: null } } });
    expect(proxy({ resources: { limits: null } })).toEqual({ resources: { limits: { cpu: null, memory: null } } });
  });

  test('what is empty was not said', () => {
    const empty = { proxy: { seccompProfile: {}, lifecycle: {}, outlierLogPath: '' }, caAddress: '', network: '', waypoint: { tolerations: [] } };
    expect(props({ global: empty, gateways: { securityContext: {} }, sidecarInjectorWebhook: { templates: {} } })).toEqual({});
  });

  test('annotations are texts', () => {
    expect(props({ sidecarInjectorWebhook: { injectedAnnotations: { a: 5, b: true } } })).toEqual({ injection: { injectedAnnotations: { a: '5', b: 'true' } } });
  });
});
