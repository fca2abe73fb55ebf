import { useEffect, useSyncExternalStore } from "react";
import { HalfIcon, MoonIcon, SunIcon } from "../../ui/icons";
import { colourTheBrowser, currentTheme, setTheme, subscribeTheme, type Theme } from "./theme";

const EDITIONS = {
  auto: { next: "light", name: "as the system has it", Icon: HalfIcon },
  light: { next: "dark", name: "day", Icon: SunIcon },
  dark: { next: "auto", name: "night", Icon: MoonIcon },
} as const satisfies Record<Theme, unknown>;

export function ThemeSwitch() {
  const theme = useSyncExternalStore(subscribeTheme, currentTheme);
  useEffect(() => colourTheBrowser(theme), [theme]);
  const { next, name, Icon } = EDITIONS[theme];
  const label = `Edition: ${name}. Change to: ${EDITIONS[next].name}`;
  return (
    <button
      type="button"
      className="masthead-theme"
      onClick={() => setTheme(next)}
      aria-label={label}
      title={label}
    >
      <Icon />
    </button>
  );
}
