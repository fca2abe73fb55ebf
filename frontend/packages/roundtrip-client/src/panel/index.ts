export { type MountOptions, mountPanel } from "./mount.tsx";
export type { Lead, Leads } from "./TimingsContext.tsx";
