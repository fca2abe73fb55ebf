import { useEffect, useState } from "react";
import { HalfIcon, MoonIcon, SunIcon } from "../../ui/icons";
import { colourTheBrowser, currentTheme, setTheme, type Theme } from "./theme";

const EDITIONS = {
  auto: { next: "light", name: "as the system has it", Icon: HalfIcon },
  light: { next: "dark", name: "day", Icon: SunIcon },
  dark: { next: "auto", name: "night", Icon: MoonIcon },
} as const satisfies Record<Theme, unknown>;

export function ThemeSwitch() {
  const [theme, choose] = useState(currentTheme);
  useEffect(() => colourTheBrowser(theme), [theme]);
  const { next, name, Icon } = EDITIONS[theme];
  const label = `Edition: ${name}. Change to: ${EDITIONS[next].name}`;
  const change = () => {
    setTheme(next);
    choose(next);
  };
  return (
    <button type="button" className="masthead-theme" onClick={change} aria-label={label} title={label}>
      <Icon />
    </button>
  );
}
