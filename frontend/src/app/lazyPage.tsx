import { type ComponentType, type LazyExoticComponent, lazy } from "react";

export interface PageCode {
  load: () => Promise<{ default: ComponentType }>;
  ready: () => ComponentType | undefined;
  Pending: LazyExoticComponent<ComponentType>;
}

const failed = new Set<PageCode>();

/** Lets pages whose code could not be fetched ask for it anew: what is lazy keeps its failure for ever. */
export function forgetFailures(): void {
  for (const code of failed) code.Pending = lazy(code.load);
  failed.clear();
}

/** A page whose code comes when it is needed, once. */
export function pageCode(fetchCode: () => Promise<{ default: ComponentType }>): PageCode {
  let ready: ComponentType | undefined;
  const load = async () => {
    try {
      const module = await fetchCode();
      ready = module.default;
      return module;
    } catch (error) {
      failed.add(code);
      throw error;
    }
  };
  const code: PageCode = { load, ready: () => ready, Pending: lazy(load) };
  return code;
}

/** The first screen's code comes with the application: a chunk of its own would be one more way there and back. */
export function hereAlready(component: ComponentType): PageCode {
  const load = async () => ({ default: component });
  return { load, ready: () => component, Pending: lazy(load) };
}

/**
 * React.lazy alone suspends once even for code that is already here, and so would blank a prepared page for a
 * moment; this draws prepared code at once.
 */
export function LazyPage({ code: { ready, Pending } }: { code: PageCode }) {
  const Ready = ready();
  return Ready ? <Ready /> : <Pending />;
}
