// Every intended difference from the original, by name, with its reason. The guide has the same.

export const differences: Readonly<Record<string, string>> = {};
