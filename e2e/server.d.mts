export const backend: string;
export const command: string;
export function here(port: string | number): Record<"ROUNDTRIP_HOST" | "ROUNDTRIP_PORT", string>;
export function freePort(): Promise<number>;
export function serve(settings?: Record<string, string>): Promise<{ url: string; stop: () => void }>;
