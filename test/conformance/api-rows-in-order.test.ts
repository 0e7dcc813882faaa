import { RowsInOrder } from '../../conformance/api/rows-in-order';
import { allOf } from '../../conformance/api/server';
import type { JudgeRow } from '../../conformance/runner/judge';

function row(name: string): JudgeRow {
  return { name, agree: 1, disagree: 0, skipped: 0, seconds: 0 };
}

let kept: string[];
const keep = ({ name }: JudgeRow): void => void kept.push(name);
beforeEach(() => {
  kept = [];
});

describe('rows of parts that are judged at the same time', () => {
  test('come part by part: those of the first as they are, those of later ones once all before have ended', () => {
    const rows = new RowsInOrder(keep);
    const [first, second, third] = [rows.place(), rows.place(), rows.place()];
    second.row(row('b'));
    first.row(row('a1'));
    expect(kept).toEqual(['a1']);
    third.row(row('c'));
    third.end();
    first.row(row('a2'));
    first.end();
    expect(kept).toEqual(['a1', 'a2', 'b']);
    second.end();
    expect(kept).toEqual(['a1', 'a2', 'b', 'c']);
  });

  test('are not lost when the run is interrupted', () => {
    const controller = new AbortController();
    const rows = new RowsInOrder(keep, controller.signal);
    const [first, second] = [rows.place(), rows.place()];
    second.row(row('b'));
    controller.abort();
    expect(kept).toEqual(['b']);
    first.row(row('a'));
    expect(kept).toEqual(['b', 'a']);
  });
});

test('one that fails does not cut off the others, and its failure is told', async () => {
  const judged = allOf(['quick', 'failing', 'slow'], keep, async (name, keepOwn) => {
    await new Promise((resolve) => setTimeout(resolve, name === 'slow' ? 30 : 0));
    keepOwn(row(name));
    if (name === 'failing') throw new Error('no');
  });
  await expect(judged).rejects.toThrow('no');
  expect(kept).toEqual(['quick', 'failing', 'slow']);
});
