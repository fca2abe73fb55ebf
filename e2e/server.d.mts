export const backend: string;
export const command: string;
export function freePort(): Promise<number>;
export function serve(): Promise<{ url: string; stop: () => void }>;
