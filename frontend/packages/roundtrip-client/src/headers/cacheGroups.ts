/**
 * The tags of an answer (Cache-Groups) and those that a write makes old (Cache-Group-Invalidation), RFC 9875: each
 * a list of strings, as structured fields write them (RFC 9651).
 */
export function cacheGroups(headers: Readonly<Record<string, string>>): string[] {
  return strings(headers["cache-groups"]);
}

/** To be believed on an answer to a request that is not safe, and on no other (RFC 9875, 3). */
export function invalidatedGroups(headers: Readonly<Record<string, string>>): string[] {
  return strings(headers["cache-group-invalidation"]);
}

/** Parameters are passed over, as the RFC asks; a list that is malformed counts as none. */
function strings(list = ""): string[] {
  const member = String.raw`\s*"((?:[^"\\]|\\["\\])*)"(?:;[^,";]*(?:"(?:[^"\\]|\\["\\])*")?)*\s*`;
  if (!new RegExp(`^${member}(?:,${member})*$`).test(list)) return [];
  return [...list.matchAll(new RegExp(`(?:^|,)${member}`, "g"))].map(([, text = ""]) =>
    text.replace(/\\(["\\])/g, "$1"),
  );
}
