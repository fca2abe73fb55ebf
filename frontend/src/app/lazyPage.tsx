import { type ComponentType, lazy } from "react";

export interface LazyPage {
  Component: ComponentType;
  load: () => Promise<unknown>;
}

/**
 * A page whose code comes when it is needed. React.lazy alone suspends once even for code that is already here, and
 * so would blank a prepared page for a moment; this draws prepared code at once.
 */
export function lazyPage(fetchCode: () => Promise<{ default: ComponentType }>): LazyPage {
  let Ready: ComponentType | undefined;
  const load = async () => {
    const module = await fetchCode();
    Ready = module.default;
    return module;
  };
  const Pending = lazy(load);
  return { load, Component: () => (Ready ? <Ready /> : <Pending />) };
}
