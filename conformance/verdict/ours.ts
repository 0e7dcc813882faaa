import type { Finding } from '../../src/errors/finding';
import type { Json } from '../../src/rules/json';
import { Validator } from '../../src/validation/validator';
import type { Releases } from './subjects';

/** What our validation says of an object. */
export interface OurVerdict {
  readonly accepted: boolean;
  /** False where we have no rules for the kind, so that nobody is told that the object is right. */
  readonly known: boolean;
  /** Errors only: warnings refuse nothing. */
  readonly findings: readonly Finding[];
}

export class Ours {
  private readonly validator: Validator;

  public constructor(releases: Releases) {
    this.validator = new Validator({
      target: {
        istio: releases.istio,
        gatewayApi: releases.gatewayApi,
        gatewayApiChannel: releases.channel,
        kubernetes: releases.kubernetes,
      },
    });
  }

  public judge(object: Json): OurVerdict {
    const { known, findings } = this.validator.validate(object);
    const errors = findings.filter(({ severity }) => severity !== 'warning');
    return { accepted: known && errors.length === 0, known, findings: errors };
  }
}
