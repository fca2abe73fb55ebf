export { TimingBar } from "./TimingBar";
export { TimingsProvider } from "./TimingsContext";
