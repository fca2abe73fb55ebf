export function trusting(url: string): Promise<string[]>;
