/** What was asked last in this browser; the newest first. */
export interface Asked {
  name: string;
  to: string;
}

const KEY = "roundtrip-asked";
const MOST = 5;

export function askedLast(): Asked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isAsked).slice(0, MOST) : [];
  } catch {
    return []; // storage is forbidden, or holds what is not ours
  }
}

export function remember({ name, to }: Asked): void {
  const others = askedLast().filter((other) => other.to !== to);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ name, to }, ...others].slice(0, MOST)));
  } catch {
    // Storage is forbidden or full: nothing is remembered.
  }
}

function isAsked(value: unknown): value is Asked {
  const { name, to } = (value ?? {}) as Partial<Asked>;
  return typeof name === "string" && typeof to === "string" && to.startsWith("/");
}
