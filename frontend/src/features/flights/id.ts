/** Whether a part of an address can be the id of a flight. */
export function isFlightId(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text);
}
