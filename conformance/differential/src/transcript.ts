import type { JsonObject } from "./compare/normaliser.js";

/** What a scenario saw, normalised; the content of a recording. */
export interface Transcript {
  readonly scenario: string;
  /** One per call: `call`, and `response` or `error`; a note where the scenario ended early. */
  readonly steps: readonly JsonObject[];
}
