const KEY = "roundtrip-theme";
const PAPERS = { light: "#ffffff", dark: "#12151a" };

const readers = new Set<() => void>();

export type Theme = "auto" | "light" | "dark";

/** The theme that the reader chose. index.html applies it before the first paint; this file reads and changes it. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "auto";
}

/** Calls back whenever the reader chooses, by whichever way. */
export function subscribeTheme(tell: () => void): () => void {
  readers.add(tell);
  return () => readers.delete(tell);
}

export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  colourTheBrowser(theme);
  for (const tell of readers) tell();
  try {
    if (theme === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden: then the choice lasts as long as this page.
  }
}

/** Sets the colour of the browser's own bar; each meta keeps its media query for when the choice is "auto" again. */
export function colourTheBrowser(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes("dark") ? "dark" : "light";
    meta.content = PAPERS[theme === "auto" ? own : theme];
  }
}
