/**
 * The tags of an answer (Cache-Groups) and the tags that a write invalidates (Cache-Group-Invalidation), RFC 9875. Each
 * header is a list of strings in the form of structured fields (RFC 9651).
 */
export function cacheGroups(headers: Readonly<Record<string, string>>): string[] {
  return strings(headers["cache-groups"]);
}

/** Use this only for the answer to an unsafe method, such as POST (RFC 9875, 3). */
export function invalidatedGroups(headers: Readonly<Record<string, string>>): string[] {
  return strings(headers["cache-group-invalidation"]);
}

/** Parameters are ignored, as the RFC asks; a malformed list counts as empty. */
function strings(list = ""): string[] {
  const member = String.raw`\s*"((?:[^"\\]|\\["\\])*)"(?:;[^,";]*(?:"(?:[^"\\]|\\["\\])*")?)*\s*`;
  if (!new RegExp(`^${member}(?:,${member})*$`).test(list)) return [];
  return [...list.matchAll(new RegExp(`(?:^|,)${member}`, "g"))].map(([, text = ""]) =>
    text.replace(/\\(["\\])/g, "$1"),
  );
}
