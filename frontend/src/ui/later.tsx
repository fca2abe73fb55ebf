import { type ComponentType, type ReactNode, startTransition, useLayoutEffect, useState } from "react";
import { ProblemError } from "roundtrip-client";
import { Failure } from "./Failure";

type Later<Props> = ComponentType<Props> & {
  /** Prefetches the code. Never rejects: an error is shown where the code would be drawn. */
  load: () => Promise<void>;
};

interface Looks<Props> {
  /** The placeholder while the code loads. */
  pending?: ReactNode;
  /** The placeholder when the code could not be loaded. */
  Missing?: ComponentType<Props & { error: Error; onRetry: () => void }>;
}

/** Loads code when the page is idle: code for printed pages cannot be loaded while the page is printed. */
export function loadAtRest({ load }: { load: () => Promise<void> }): () => void {
  if (!("requestIdleCallback" in window)) return () => {};
  const handle = requestIdleCallback(() => void load());
  return () => cancelIdleCallback(handle);
}

/**
 * A component whose code is loaded when it is needed. Unlike React.lazy it draws loaded code at once, shows an error in
 * its own place, and loads again: when it is drawn in a new place, on Try again, and when the network is back.
 */
export function later<Props extends object>(
  fetchCode: () => Promise<{ default: ComponentType<Props> }>,
  { pending = null, Missing = Failure }: Looks<Props> = {},
): Later<Props> {
  let state: { Ready?: ComponentType<Props>; error?: Error } = {};
  const places = new Set<(now: typeof state) => void>();

  const load = async () => {
    if (state.Ready) return;
    try {
      state = { Ready: (await fetchCode()).default };
    } catch (cause) {
      state = { error: unreachable(cause) };
      window.addEventListener("online", load, { once: true });
    }
    // A transition, so that React pauses the drawing for more urgent work.
    startTransition(() => {
      for (const tell of places) tell(state);
    });
  };

  // biome-ignore lint/correctness/noComponentHookFactories: made once for each piece of code, as its module runs
  function Place(props: Props) {
    // An earlier error is not shown again, because the code is about to be loaded again.
    const [{ Ready, error }, setState] = useState(() => (state.Ready ? state : {}));
    // biome-ignore lint/correctness/useExhaustiveDependencies: only what was not here for the first drawing is asked for
    useLayoutEffect(() => {
      places.add(setState);
      if (!Ready) load();
      return () => void places.delete(setState);
    }, []);
    if (Ready) return <Ready {...props} />;
    if (!error) return pending;
    const onRetry = () => {
      setState({});
      load();
    };
    return <Missing {...props} error={error} onRetry={onRetry} />;
  }

  return Object.assign(Place, { load });
}

// A style sheet that failed would stay in the document, and the bundler would take it for a loaded one.
const forget = ({ target }: Event) => target instanceof HTMLLinkElement && target.remove();
window.addEventListener("error", forget, true);

/** An error for the user in place of the bundler's. */
function unreachable(cause: unknown): ProblemError {
  const kind = navigator.onLine ? "network" : "offline";
  const title =
    "This could not be fetched. If it fails again, load the page anew: there may be a newer version.";
  return new ProblemError({ kind, title, cause });
}
