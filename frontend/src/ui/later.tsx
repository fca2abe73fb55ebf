import { type ComponentType, type ReactNode, startTransition, useLayoutEffect, useState } from "react";
import { ProblemError } from "roundtrip-client";
import { Failure } from "./Failure";

type Later<Props> = ComponentType<Props> & {
  /** Fetches the code ahead of its need. Never rejects: a failure is told where the code would have been drawn. */
  load: () => Promise<void>;
};

interface Looks<Props> {
  /** What stands in its place while it is on the way. */
  pending?: ReactNode;
  /** What stands there when it could not be fetched. */
  Missing?: ComponentType<Props & { error: Error; onRetry: () => void }>;
}

/** Fetches code once the page is at rest: what is drawn only on paper cannot be fetched by then. */
export function loadAtRest({ load }: { load: () => Promise<void> }): () => void {
  if (!("requestIdleCallback" in window)) return () => {};
  const handle = requestIdleCallback(() => void load());
  return () => cancelIdleCallback(handle);
}

/**
 * Code that comes when it is needed. Unlike React.lazy it draws at once what is already here, keeps a failure in its
 * own place, and asks anew: whenever it is drawn somewhere new, on Try again, and when the network is back.
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
    // A transition, so that React stops drawing what came for whatever is more urgent.
    startTransition(() => {
      for (const tell of places) tell(state);
    });
  };

  // biome-ignore lint/correctness/noComponentHookFactories: made once for each piece of code, as its module runs
  function Place(props: Props) {
    // A failure from before is not told again: the code is about to be asked for anew.
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

// A style sheet that did not come would stay in the document, where the bundler takes it for one that did.
const forget = ({ target }: Event) => target instanceof HTMLLinkElement && target.remove();
window.addEventListener("error", forget, true);

/** The bundler's words are for nobody. */
function unreachable(cause: unknown): ProblemError {
  const kind = navigator.onLine ? "network" : "offline";
  const title =
    "This could not be fetched. If it fails again, load the page anew: there may be a newer version.";
  return new ProblemError({ kind, title, cause });
}
