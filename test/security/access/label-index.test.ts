import { LabelIndex } from '../../../src/security/access/label-index';
import { Random } from '../../support/random';

type Labels = Readonly<Record<string, string>>;

const within = (a: Labels, b: Labels): boolean => Object.entries(a).every(([key, value]) => b[key] === value);
const named = (found: readonly { readonly id: number }[]): number[] => found.map(({ id }) => id).sort((a, b) => a - b);

test('finds what looking at all of them finds', () => {
  const chance = new Random(7);
  const labels = (): Labels => Object.fromEntries(['app', 'team', 'version'].filter(() => chance.below(3) > 0).map((key) => [key, chance.pick(['a', 'b', 'c'])]));
  for (let round = 0; round < 50; round += 1) {
    const items = Array.from({ length: 20 }, (_, id) => ({ id, labels: labels() }));
    const index = new LabelIndex(items, (item) => item.labels);
    for (let asked = 0; asked < 20; asked += 1) {
      const pods = labels();
      expect(named(index.wider(pods))).toEqual(named(items.filter((item) => within(item.labels, pods))));
      expect(named(index.narrower(pods))).toEqual(named(items.filter((item) => within(pods, item.labels))));
    }
  }
});

test('a label that all of them share does not lead to all of them', () => {
  let read = 0;
  const items = Array.from({ length: 1_000 }, (_, id) => ({ id, team: 'shop', app: `app-${id}` }));
  const counted = items.map(({ id, ...labels }) => new Proxy({ id, labels }, { get: (target, key) => ((read += key === 'id' ? 1 : 0), Reflect.get(target, key)) }));
  const index = new LabelIndex(counted, (item) => item.labels);
  for (const { team, app } of items) expect(named([...index.wider({ team, app }), ...index.narrower({ team, app })])).toHaveLength(2);
  expect(read).toBe(2_000);
});
