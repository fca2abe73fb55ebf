/** Parts of the panel for your own waterfalls; their colours come with `/panel`. */
export { tickLabel } from "./format.ts";
export { type Har, toHar } from "./har.ts";
export { Swatch } from "./Legend.tsx";
export { type Clock, clockOf, type Tick, ticks } from "./layout.ts";
export { amounts, lookOf, SPAN_ORDER } from "./spans.ts";
export { SpanBar } from "./WaterfallRow.tsx";
