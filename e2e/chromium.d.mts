export function systemChromium(): string | undefined;
export const flags: string[];
