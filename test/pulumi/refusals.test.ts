import * as pulumi from '@pulumi/pulumi';
import type { App, Chart } from 'cdk8s';
import { ConfigMap, Namespace } from '../../imports/kubernetes';
import { multicluster } from '../../examples/04-multicluster/main';
import { deploy, MeshComponent } from '../../src/pulumi';
import type { MeshComponentArgs } from '../../src/pulumi';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';
import { shop } from './programs';
import { Recorder, settled } from './recorder';

describe('refused, before anything is registered', () => {
  const registersNothing = async (args: unknown): Promise<JsonObject> => {
    const recorder = new Recorder();
    const { findings } = caught(() => new MeshComponent('mesh', args as MeshComponentArgs<unknown>));
    await settled();
    expect(recorder.registered).toEqual([]);
    return findings[0] as unknown as JsonObject;
  };

  test('a field that the kind has not, which Pulumi lets through at first', async () => {
    const program = (scope: Chart): unknown => new ConfigMap(scope, 'a', { metadata: { namespace: 'shop' }, dota: {} } as never);
    expect(await registersNothing({ program })).toMatchObject({ code: 'unknown-field', property: 'dota' });
  });

  test.each([
    ['no program', {}, { code: 'bad-props', property: 'program' }],
    ['nothing at all', undefined, { code: 'bad-props', property: 'program' }],
    ['a misspelt key', { program: shop, retainCRDs: false }, { code: 'bad-props', property: 'retainCRDs' }],
    ['two clusters and no provider', { program: (_scope: Chart, app: App) => multicluster(app) }, { code: 'bad-providers', got: expect.stringContaining('none for the cluster') as string }],
    ['a name that is none', { program: shop, namespace: '' }, { code: 'bad-props', property: 'namespace' }],
    ['a flag in a text', { program: shop, retainCrds: 'no' }, { code: 'bad-props', property: 'retainCrds', got: '"no"' }],
    ['an Output for a flag', { program: shop, skipAwait: pulumi.output(true) }, { code: 'bad-props', property: 'skipAwait' }],
    ['providers in a list', { program: shop, providers: [] }, { code: 'bad-props', property: 'providers' }],
    ['what is no provider', { program: (_scope: Chart, app: App) => multicluster(app), providers: { west: 'west', east: 'east' } }, { code: 'bad-providers', property: 'providers.west', got: '"west"' }],
    ['options that are no function', { program: shop, resourceOptions: {} }, { code: 'bad-props', property: 'resourceOptions' }],
    ['options that are promised', { program: shop, resourceOptions: () => 'protect' }, { code: 'bad-props', property: 'resourceOptions', got: expect.stringContaining('"protect" for ') as string }],
    ['a program that goes on', { program: async (scope: Chart) => void (await Promise.resolve(scope)) }, { code: 'bad-props', property: 'program', got: expect.stringContaining('a promise') as string }],
    ['a provider for no cluster', { program: shop, providers: { west: {} } }, { code: 'bad-providers', got: expect.stringContaining('"west"') as string }],
  ])('%s', async (_name, args, finding) => {
    expect(await registersNothing(args)).toMatchObject(finding);
  });

  test.each([[undefined], [''], [7], [null]])('a component called %p', async (name) => {
    const recorder = new Recorder();
    expect(caught(() => new MeshComponent(name as string, { program: shop })).findings[0]).toMatchObject({ code: 'bad-props', property: 'name' });
    await settled();
    expect(recorder.registered).toEqual([]);
  });

  test('what is no construct, and questions that ask for nothing', async () => {
    new Recorder();
    expect(caught(() => deploy('mesh', 'Mesh' as never, {})).findings[0]).toMatchObject({ code: 'bad-props', property: 'construct', got: '"Mesh"' });
    const component = new MeshComponent('mesh', { program: (scope) => new Namespace(scope, 'shop') });
    expect(caught(() => component.addressOf(undefined as never)).findings[0]).toMatchObject({ code: 'bad-props', property: 'addressOf', got: 'undefined' });
    expect(caught(() => component.addressOf({ name: 'public', namespace: 'shop' } as never)).findings[0]).toMatchObject({ code: 'no-such-object', got: 'Service shop/public' });
    expect(caught(() => component.resource('shop' as never)).findings[0]).toMatchObject({ code: 'bad-props', property: 'resource', got: '"shop"' });
    await settled();
  });

  test('warnings go to the log of Pulumi', async () => {
    const said = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
    new Recorder();
    new MeshComponent('mesh', { cluster: { kubernetes: '1.99' }, program: (scope) => new Namespace(scope, 'shop') });
    await settled();
    expect(said).toHaveBeenCalledWith(expect.stringContaining('1.99'), expect.anything());
    said.mockRestore();
  });
});
