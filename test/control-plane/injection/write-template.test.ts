import { annotation, bare, call, equals, firstOf, go, text } from '../../../src/control-plane/injection/template/go';
import { each, fields, Opened, Run, when } from '../../../src/control-plane/injection/template/nodes';
import type { Fields, Items, Template } from '../../../src/control-plane/injection/template/nodes';
import { writeTemplate } from '../../../src/control-plane/injection/template/write';

const A = go('.A');

function written(document: Fields, variables: Template['variables'] = []): string[] {
  return writeTemplate({ variables, documents: [document] }).split('\n').slice(0, -1);
}

describe('expressions', () => {
  test('text among the arguments is a literal, an expression is in brackets where it needs them', () => {
    expect(call('default', 'x "y"', go('index .B "k"'), A, 5, false).code).toBe('default "x \\"y\\"" (index .B "k") .A 5 false');
  });

  test('a fallback for an annotation is a literal, whatever is in it', () => {
    expect(annotation('a/b', '{{ x }}').code).toBe('annotation .ObjectMeta "a/b" "{{ x }}"');
  });

  test('the first that is not empty is asked first', () => {
    expect(firstOf(go('.X'), go('.Y'), 'z').code).toBe('default (default "z" .Y) .X');
  });

  test('text with expressions is put together by istiod, text without is text', () => {
    expect(text`a-${'b'}`).toBe('a-b');
    expect(text`100% ${A}, ${7}`).toEqual(call('printf', '100%% %v, 7', A));
  });
});

describe('a template', () => {
  test('text and expressions are quoted, numbers and JSON are not', () => {
    expect(written({ a: 'true', b: true, c: 5, d: A, e: bare(A) })).toEqual([
      'a: "true"',
      'b: true',
      'c: 5',
      'd: {{ .A | quote }}',
      'e: {{ .A }}',
    ]);
  });

  test('text that looks like an action is none', () => {
    expect(written({ a: 'x {{ .Secret }}', b: 'one\ntwo {{ . }}' })).toEqual([
      'a: {{ "x {{ .Secret }}" | quote }}',
      'b: {{ "one\\ntwo {{ . }}" | quote }}',
    ]);
  });

  test('text of several lines stays readable', () => {
    expect(written({ a: 'one\n  two\n\nthree', b: 'last\n' })).toEqual(['a: |-', '  one', '    two', '', '  three', 'b: |', '  last']);
  });

  test('what is undefined is left out, what is empty is not', () => {
    expect(written({ a: undefined, b: {}, c: [], d: [undefined, 'x'] })).toEqual(['b: {}', 'c: []', 'd:', '- x']);
  });

  test('an action takes its own line away, so that nothing is left where it is not so', () => {
    expect(written(fields({ a: 1 }, when<Fields>(A, { b: 2 }, when<Fields>(go('.B'), { c: 3 })), { d: 4 }))).toEqual([
      'a: 1',
      '{{- if .A }}',
      'b: 2',
      '{{- else if .B }}',
      'c: 3',
      '{{- end }}',
      'd: 4',
    ]);
  });

  test('items stand at their key, what is in them two deeper', () => {
    const items: Items = [{ name: 'a', sub: { x: [1] } }, each('$k, $v', A, [{ name: go('$k') }]), when<Items>(A, ['y'])];
    expect(written({ list: items })).toEqual([
      'list:',
      '- name: a',
      '  sub:',
      '    x:',
      '    - 1',
      '{{- range $k, $v := .A }}',
      '- name: {{ $k | quote }}',
      '{{- end }}',
      '{{- if .A }}',
      '- "y"',
      '{{- end }}',
    ]);
  });

  test('an item that begins with an action keeps the line break of its dash', () => {
    expect(written({ list: [fields(when<Fields>(A, { a: 1 }), { b: 2 })] })).toEqual(['list:', '-', '  {{- if .A }}', '  a: 1', '  {{- end }}', '  b: 2']);
  });

  test('an item belongs to the key that was opened last', () => {
    const run = new Run([new Opened('first', A), 'x', new Opened('second', equals(A, 'b')), 'y']);
    expect(written(fields(run))).toEqual(['{{- if .A }}', 'first:', '{{- end }}', '- x', '{{- if eq .A "b" }}', 'second:', '{{- end }}', '- "y"']);
  });

  test('variables come first, documents are kept apart', () => {
    const template: Template = { variables: [['$a', A], { code: ['if $a', 'end'] }], documents: [{ a: 1 }, { b: 2 }] };
    expect(writeTemplate(template)).toBe('{{- $a := .A }}\n{{- if $a }}\n{{- end }}\na: 1\n---\nb: 2\n');
  });
});
