import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apiReport } from '../../tools/api-report';

/** Judges what is in lib/, so it must be built. */
test('API.md is the public surface: run `npm run api` after a change that is meant', () => {
  expect(apiReport()).toBe(readFileSync(join(resolve(__dirname, '../..'), 'API.md'), 'utf8'));
});
