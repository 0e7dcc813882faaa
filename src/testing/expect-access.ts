import type { IConstruct } from 'constructs';
import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';
import type { AccessDecision } from '../security/decisions/access-decision';
import { accessOf } from '../security/decisions/access-of';
import type { CallerAccess, ProgramAccess, RequestCaller, RequestTarget } from '../security/decisions/access-of';
import type { AnyRequest, CallAccess } from '../security/decisions/call-access';
import type { RequestFacts } from '../security/decisions/request-facts';
import { requireKeys } from '../traffic/rules/refuse';

/**
 * Says what has to be allowed or denied in the program that a construct is in, as `accessOf` decides on it. What does not hold throws
 * an error that names the rule, its construct and the line of the program: it needs no test framework, and works in any.
 *
 * @throws MeshError with every finding of the program, which is synthesized once for each call: keep what it gives for several checks.
 * @example
 * expectAccess(app).from(web).to(orders).get('/orders').toBeAllowed();
 * expectAccess(app).from('outside').to(orders).get('/orders').toBeDenied({ status: 'cut' });
 */
export function expectAccess(app: IConstruct): ExpectedAccess {
  return new ExpectedAccess(accessOf(app));
}

/** A program, of which something is expected; see {@link expectAccess}. */
export class ExpectedAccess {
  /** @internal */
  public constructor(private readonly access: ProgramAccess) {}

  /** Who calls; `'outside'` is whoever is not in the mesh. @throws MeshError when it has no identity. */
  public from(caller: RequestCaller): ExpectedCaller {
    return new ExpectedCaller(this.access.from(caller));
  }
}

/** A caller, of whom something is expected. */
export class ExpectedCaller {
  /** @internal */
  public constructor(private readonly caller: CallerAccess) {}

  /**
   * What is called: a service, a gateway or a workload.
   *
   * @param port of the pods
   * @default port - the only one that there is
   * @throws MeshError when it has no pods, or several ports.
   */
  public to(target: RequestTarget, port?: number): ExpectedCalls {
    return new ExpectedCalls(this.caller.to(target, port), target.node.path);
  }
}

/** Calls, of which something is expected. Each method throws a MeshError where the decision hangs on what was not said. */
export class ExpectedCalls {
  /** @internal */
  public constructor(
    private readonly calls: CallAccess,
    private readonly construct: string,
  ) {}

  /** A GET. */
  public get(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.get(path, facts));
  }

  /** A HEAD. */
  public head(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.head(path, facts));
  }

  /** A POST. */
  public post(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.post(path, facts));
  }

  /** A PUT. */
  public put(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.put(path, facts));
  }

  /** A PATCH. */
  public patch(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.patch(path, facts));
  }

  /** A DELETE. */
  public delete(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.delete(path, facts));
  }

  /** An OPTIONS. */
  public options(path?: string, facts?: RequestFacts): ExpectedDecision {
    return this.expected(this.calls.options(path, facts));
  }

  /** A request of any method; a call of gRPC is a POST to `/package.Service/Method`. */
  public request(request: AnyRequest): ExpectedDecision {
    return this.expected(this.calls.request(request));
  }

  /** A connection to a port that carries bytes. */
  public connect(facts?: Parameters<CallAccess['connect']>[0]): ExpectedDecision {
    return this.expected(this.calls.connect(facts));
  }

  private expected(decision: AccessDecision): ExpectedDecision {
    return new ExpectedDecision(decision, this.construct);
  }
}

/** How a request has to be refused. */
export interface ExpectedRefusal {
  /** What the caller sees; `cut` is a connection that ends. @default - any refusal will do */
  readonly status?: 401 | 403 | 'cut';
}

/** A request, of which something is expected. */
export class ExpectedDecision {
  /** @internal */
  public constructor(
    /** What is decided on it. */
    public readonly decision: AccessDecision,
    private readonly construct: string,
  ) {}

  /** @throws MeshError where the request is refused. */
  public toBeAllowed(): void {
    if (!this.decision.isAllowed) throw this.surprise('a request that is let in', this.toBeAllowed);
  }

  /** @throws MeshError where the request is let in, or refused in another way. */
  public toBeDenied(refusal: ExpectedRefusal = {}): void {
    const place = { construct: this.construct, property: 'toBeDenied' };
    requireKeys(place, refusal, ['status']);
    const { status } = refusal;
    if (status !== undefined && !([401, 403, 'cut'] as readonly unknown[]).includes(status)) {
      throw meshError({ code: 'bad-choice', ...place, property: 'toBeDenied.status', got: describeValue(status), expected: "401, 403 or 'cut'", fix: 'leave it out where any refusal will do' });
    }
    if (this.decision.isAllowed || (status !== undefined && this.decision.status !== status)) {
      throw this.surprise(status === undefined ? 'a request that is refused' : `a request that is refused (${status})`, this.toBeDenied);
    }
  }

  private surprise(expected: string, asked: (...args: never[]) => void): Error {
    const { decision, construct } = this;
    const fix = decision.isAllowed ? 'see what grants it, or what would have to deny it' : 'see what refuses it, or what would have to grant it';
    const error = meshError({ code: 'access', construct, property: '', got: String(decision), expected, fix });
    // a test framework shows the line of the test by it
    Error.captureStackTrace(error, asked);
    return error;
  }
}
