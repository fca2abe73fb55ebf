/** The core: no React, no screen. */
export {
  type Answer,
  type Call,
  compose,
  type Line,
  type Marks,
  type Request,
  type Send,
  type Step,
} from "./chain.ts";
export {
  type AnswerOf,
  type ArgumentsOf,
  type FieldsOf,
  type OneQuery,
  type PagedQuery,
  type PathOf,
  type Selected,
  urlOf,
} from "./client/api.ts";
export { type Client, type ClientOptions, createClient } from "./client/client.ts";
export { indexedStorage, type Storage } from "./client/persistence.ts";
export { type ParameterProblem, ProblemError, type ProblemKind, problemOf } from "./errors.ts";
export { type BatchOptions, batch } from "./techniques/batch.ts";
export { conditional } from "./techniques/conditional.ts";
export { canonical, covers, type FieldOf, type PickFields, pick, type Whole } from "./techniques/fields.ts";
export type { Format } from "./techniques/negotiation.ts";
export { type FetchOptions, overFetch } from "./techniques/overFetch.ts";
export { type Answers, createAnswers, type Held } from "./techniques/response_cache.ts";
export { invalidation } from "./techniques/tags.ts";
export { account, type Span, type SpanName } from "./techniques/timing/spans.ts";
export {
  type Action,
  createTimings,
  type MemoryHit,
  type PartRecord,
  type RoundTrip,
  type Snapshot,
  type Source,
  type TimingStore,
  timed,
} from "./techniques/timing/timing.ts";
export { type TraceOptions, traced } from "./techniques/traced.ts";
