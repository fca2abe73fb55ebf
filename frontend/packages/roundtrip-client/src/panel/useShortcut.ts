/** One letter that opens and closes the panel. WCAG 2.1.4 asks that a single-letter shortcut can be turned off. */
import { useCallback, useEffect, useState } from "react";

const STORED_AS = "roundtrip.timings.shortcut";
const TYPING = "input, textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=menu]";

export interface Shortcut {
  enabled: boolean;
  enable: (on: boolean) => void;
}

export function useShortcut(key: string, act: () => void): Shortcut {
  const [enabled, setEnabled] = useState(() => stored() !== "off");

  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== key || event.defaultPrevented || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [key, act, enabled]);

  const enable = useCallback((on: boolean) => {
    setEnabled(on);
    try {
      localStorage.setItem(STORED_AS, on ? "on" : "off");
    } catch {
      // Storage may be forbidden: then the choice lasts until the page is closed.
    }
  }, []);

  return { enabled, enable };
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}
