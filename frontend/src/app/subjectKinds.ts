/** The kinds of pages about one thing, as an address has them; the server knows the same (backend/roundtrip/site.py). */
export const SUBJECT_KINDS = ["airlines", "airports", "routes", "numbers"] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];
