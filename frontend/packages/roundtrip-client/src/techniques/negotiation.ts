/** Content negotiation: the media type to ask for, and the decoder of the one that came (RFC 9110, 12.5.1). */
export type Format = "json" | "msgpack";

export const ACCEPT = {
  json: "application/json",
  msgpack: "application/msgpack, application/json;q=0.5",
  lines: "application/x-ndjson",
} as const;

export const isReadable = (type: string) => /^application\/msgpack\b|[/+]json\b/.test(type);
export const isLines = (type: string) => type.startsWith(ACCEPT.lines);

/** MessagePack's decoder is loaded when the first MessagePack answer comes. */
export async function decode(bytes: Uint8Array, type: string): Promise<unknown> {
  if (type.startsWith("application/msgpack")) return (await import("@msgpack/msgpack")).decode(bytes);
  if (/[/+]json\b/.test(type)) return JSON.parse(new TextDecoder().decode(bytes));
  return null; // a proxy's HTML page says no more than its status
}
