/** Whether the part of an address that should be a flight's id can be one. */
export function isFlightId(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text);
}
