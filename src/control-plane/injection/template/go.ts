/**
 * Expressions of Go's `text/template`, as istiod runs injection templates: with sprig's functions, and Istio's own.
 *
 * @see https://pkg.go.dev/text/template
 */

/** An expression that istiod evaluates while it injects a pod. As a value in YAML it is written as a string. */
export class Go {
  public constructor(
    /** Text between the braces. */
    public readonly code: string,
    /** Whether it is written as it is, for numbers and JSON, and not as a string. */
    public readonly bare = false,
  ) {}

  /** The expression as an argument of another one. */
  public get argument(): string {
    return /^[\w.$"]+$/.test(this.code) ? this.code : `(${this.code})`;
  }
}

export type Argument = Go | string | number | boolean;

/** An expression from its text. */
export function go(code: string): Go {
  return new Go(code);
}

/** A call of a function; strings among the arguments are literals. */
export function call(name: string, ...args: readonly Argument[]): Go {
  return new Go([name, ...args.map(argumentOf)].join(' '));
}

/** The expression's value as it is printed: a number, a boolean or JSON. */
export function bare(expression: Go): Go {
  return new Go(expression.code, true);
}

/** The first that is not empty; the last one, whatever it is. */
export function firstOf(first: Argument, ...others: readonly Argument[]): Go {
  const [next, ...rest] = others;
  if (next === undefined) return asGo(first);
  return call('default', firstOf(next, ...rest), first);
}

export function not(condition: Go): Go {
  return call('not', condition);
}

export function all(...conditions: readonly Go[]): Go {
  return call('and', ...conditions);
}

export function anyOf(...conditions: readonly Go[]): Go {
  return call('or', ...conditions);
}

export function equals(left: Argument, right: Argument): Go {
  return call('eq', left, right);
}

/** Text with expressions in it: go`a-${x}` in one string. Without any, it is the text itself. */
export function text(parts: TemplateStringsArray, ...values: readonly Argument[]): Go | string {
  const merged: string[] = [parts[0] ?? ''];
  const expressions: Go[] = [];
  values.forEach((value, index) => {
    const following = parts[index + 1] ?? '';
    if (value instanceof Go) {
      expressions.push(value);
      merged.push(following);
    } else {
      merged[merged.length - 1] += `${value}${following}`;
    }
  });
  if (expressions.length === 0) return merged.join('');
  return call('printf', merged.map((part) => part.replaceAll('%', '%%')).join('%v'), ...expressions);
}

/** Value of an annotation of the pod or the Gateway, else of the fallback. */
export function annotation(name: string, fallback: Argument): Go {
  return call('annotation', go('.ObjectMeta'), name, fallback);
}

export function hasAnnotation(name: string): Go {
  return call('isset', go('.ObjectMeta.Annotations'), name);
}

/** Value of an annotation of the pod; empty where there is none. */
export function annotationOf(name: string): Go {
  return call('index', go('.ObjectMeta.Annotations'), name);
}

/** Value of a label of the pod; empty where there is none. */
export function labelOf(name: string): Go {
  return call('index', go('.ObjectMeta.Labels'), name);
}

/** A literal of Go: the escapes of a JSON string are among Go's own. */
export function literal(value: string | number | boolean): string {
  return JSON.stringify(value);
}

function argumentOf(value: Argument): string {
  return value instanceof Go ? value.argument : literal(value);
}

function asGo(value: Argument): Go {
  return value instanceof Go ? value : new Go(literal(value));
}
