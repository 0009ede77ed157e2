// What the server tells the page about its surroundings.
export interface Settings {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  /** The API's origin: another one than the page's. */
  readonly api: string;
}

export async function fetchSettings(): Promise<Settings> {
  const response = await fetch("/settings.json");
  return (await response.json()) as Settings;
}
