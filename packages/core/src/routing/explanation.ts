import type { Tags } from './candidate.js';
import type { Choice } from './choice.js';

/** What a router would do with a call, and why. */
export interface Explanation {
  /** `route/fast`, `auto/some-model`. */
  readonly route: string;
  readonly policy: string;
  /** Why the first one is first: `policy`, `only`, `session`, `sticky`, `all resting`, or the policy's own word, such as `explored`. */
  readonly reason: string;
  /** What the call is taken to need. Tokens are estimates. */
  readonly needs: {
    readonly operation: string;
    readonly stream: boolean;
    readonly tools: boolean;
    readonly structuredOutput: boolean;
    readonly modalities: readonly string[];
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
  /** In the order in which they would be tried. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Targets that may not or cannot serve the call. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Providers that could not be asked what they serve. */
  readonly unasked: readonly { readonly provider: string; readonly why: string }[];
}

/** A target that may serve the call, in its place. */
export interface ExplainedCandidate {
  /** `provider/model`. */
  readonly name: string;
  /** What it was placed by; what the figure counts is `unit`. */
  readonly score?: number | undefined;
  readonly unit?: string | undefined;
  readonly why?: string | undefined;
  /** Why it is behind those that are well. */
  readonly resting?: string | undefined;
  readonly weight: number;
  readonly tags: Tags;
  readonly inFlight: number;
}

export function explained(choice: Choice, inFlight: ReadonlyMap<string, number>): Explanation {
  const { plan, route, reason, needs, order, leftOut, unasked } = choice;
  const { operation, stream, tools, structuredOutput, modalities } = needs;
  return {
    route,
    policy: plan.policy.name,
    reason,
    needs: {
      operation,
      stream,
      tools,
      structuredOutput,
      modalities,
      inputTokens: needs.inputTokens,
      outputTokens: needs.outputTokens,
    },
    candidates: order.map(({ candidate, score, why, resting }) => ({
      name: candidate.name,
      score,
      unit: score === undefined ? undefined : plan.policy.unit,
      why,
      resting,
      weight: candidate.weight,
      tags: candidate.tags,
      inFlight: inFlight.get(candidate.name) ?? 0,
    })),
    leftOut: leftOut.map(({ name, why }) => ({ name, why })),
    unasked: unasked.map(({ provider, error }) => ({ provider, why: error.message })),
  };
}
