export { tickLabel } from "./format.ts";
export { type Har, toHar } from "./har.ts";
export { Swatch } from "./Legend.tsx";
/** Parts of the panel, for waterfalls of one's own. */
export { type Clock, clockOf, place, type Tick, ticks } from "./layout.ts";
export { type MountOptions, mountPanel } from "./mount.tsx";
export { amounts, lookOf, SPAN_ORDER, spanColour } from "./spans.ts";
export { SpanBar } from "./WaterfallRow.tsx";
