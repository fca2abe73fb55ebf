import { useEffect, useRef } from "react";
import { Link, Outlet, useLocation, useMatch } from "react-router";
import { Mark } from "../ui/icons";
import { later } from "../ui/later";
import { ErrorBoundary } from "./ErrorBoundary";
import { OfflineBanner } from "./OfflineBanner";
import { pages } from "./pages";
import { SearchButton } from "./search/SearchButton";
import { ThemeSwitch } from "./theme/ThemeSwitch";

// After the page: whatever it shows was recorded all the same.
const TimingDock = later(() => import("./TimingDock"), { pending: <div className="dock" /> });

/** The frame of every page. index.html has a plain copy of the frame, which is painted before this runs. */
export function Shell() {
  const main = useFocusOnNewPage();
  const { pathname, search } = useLocation();
  const address = pathname + search;
  const pressed = useLastKey();
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="masthead">
        <div className="masthead-inner">
          <Link className="wordmark" to="/" aria-label="Roundtrip, home">
            <Mark />
            <span className="wordmark-name">Roundtrip</span>
          </Link>
          <nav className="masthead-nav" aria-label="Main">
            <ul>
              {pages.map(
                ({ pattern, nav, ownDocument }) =>
                  nav && <NavItem key={pattern} to={pattern} name={nav} reload={ownDocument} />,
              )}
            </ul>
          </nav>
          <SearchButton />
          <ThemeSwitch />
        </div>
      </header>
      <OfflineBanner />
      <main id="main" className="page" ref={main} tabIndex={-1}>
        <ErrorBoundary key={pathname} address={address}>
          <Outlet />
        </ErrorBoundary>
      </main>
      <ErrorBoundary address={address} heading="The timings failed">
        <TimingDock pressed={pressed} />
      </ErrorBoundary>
    </>
  );
}

/** The `aria-current` of a link: "page" for the page itself, "true" for a page below it. */
function NavItem({ to, name, reload = false }: { to: string; name: string; reload?: boolean | undefined }) {
  const inside = useMatch({ path: to, end: to === "/" });
  const current = useMatch(to) ? "page" : inside ? "true" : undefined;
  return (
    <li>
      <Link to={to} reloadDocument={reload} aria-current={current}>
        {name}
      </Link>
    </li>
  );
}

/** The last key pressed: a key of the timing bar counts though the bar's code was still on its way. */
function useLastKey() {
  const last = useRef<KeyboardEvent>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      last.current = event;
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return last;
}

/** Moves the focus to the beginning of a new page, for the keyboard and screen readers, as a loaded document does. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
