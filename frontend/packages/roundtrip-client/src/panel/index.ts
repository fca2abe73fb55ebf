export { type MountOptions, mountPanel } from "./mount.tsx";
