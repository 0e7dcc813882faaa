import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INPUT_CODES, VALIDATION_CODES } from '../../src/validation/codes';

const folders = [__dirname, join(__dirname, 'cases'), join(__dirname, 'kubernetes'), join(__dirname, '../cli')];
const tests = folders
  .flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => join(folder, file)))
  .filter((file) => file !== __filename)
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test.each(Object.entries({ ...VALIDATION_CODES, ...INPUT_CODES }))('%s is explained, and a test raises it', (code, line) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(line).toMatch(/^[A-Za-z].*\.$/);
  expect(tests.includes(`'${code} `) || tests.includes(`'${code}'`)).toBe(true);
});

test('no code has two meanings', () => {
  const codes = [...Object.keys(VALIDATION_CODES), ...Object.keys(INPUT_CODES)];
  expect(new Set(codes).size).toBe(codes.length);
});
