/** Which media type is asked for, and how the one that came is read (RFC 9110, 12.5.1). */
export type Format = "json" | "msgpack";

export const ACCEPT = {
  json: "application/json",
  msgpack: "application/msgpack, application/json;q=0.5",
  lines: "application/x-ndjson",
} as const;

export const isReadable = (type: string) => /^application\/msgpack\b|[/+]json\b/.test(type);
export const isLines = (type: string) => type.startsWith(ACCEPT.lines);

/** MessagePack's decoder is fetched only by those who ask for MessagePack. */
export async function decode(bytes: Uint8Array, type: string): Promise<unknown> {
  if (type.startsWith("application/msgpack")) return (await import("@msgpack/msgpack")).decode(bytes);
  if (/[/+]json\b/.test(type)) return JSON.parse(new TextDecoder().decode(bytes));
  return null; // a proxy's page of HTML says nothing that the status does not
}
