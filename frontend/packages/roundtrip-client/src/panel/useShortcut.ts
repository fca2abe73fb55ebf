/** One letter that opens and closes the panel. WCAG 2.1.4 asks that a single-letter shortcut can be turned off. */
import { useCallback, useEffect, useState } from "react";

const STORED_AS = "roundtrip.timings.shortcut";
const TYPING = "input, textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=menu]";

export interface Shortcut {
  enabled: boolean;
  enable: (on: boolean) => void;
}

export function useShortcut(key: string, act: () => void): Shortcut {
  const [enabled, setEnabled] = useState(isEnabled);

  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isPress(event, key)) return;
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

/** True for a press of the key that was meant as the shortcut. */
export function wasPressed(event: KeyboardEvent | null, key: string): boolean {
  return event !== null && isEnabled() && isPress(event, key);
}

function isPress(event: KeyboardEvent, key: string): boolean {
  if (event.key !== key || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target instanceof Element && event.target.closest(TYPING));
}

function isEnabled(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== "off";
  } catch {
    return true;
  }
}
