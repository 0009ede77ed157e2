// A browser without JavaScript: keeps cookies per path, follows redirects on the tenant, stops at anybody else's address.

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Browser {
  readonly #cookies = new Map<string, Cookie>();
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** Loads an address and follows redirects; returns the page, or the foreign address that it was sent to. */
  async open(address: string | URL, init: RequestInit = {}): Promise<{ page: Response; url: URL } | { left: URL }> {
    const url = new URL(address);
    if (url.origin !== new URL(this.#home).origin) return { left: url };
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, accept: "text/html", cookie: this.#cookiesFor(url.pathname) },
    });
    this.#keep(response);
    const location = response.headers.get("location");
    return location === null ? { page: response, url } : this.open(new URL(location, url));
  }

  /** Opens an address that must lead to a page of the tenant. */
  async read(address: string | URL): Promise<{ html: string; url: URL; status: number; headers: Headers }> {
    const result = await this.open(address);
    if ("left" in result) throw new Error(`left for ${result.left}`);
    const { page, url } = result;
    return { html: await page.text(), url, status: page.status, headers: page.headers };
  }

  /** Sends a form that must lead away from the tenant, back to the application. */
  async submit(address: string | URL, fields: Record<string, string>): Promise<URL> {
    const result = await this.open(address, { method: "POST", body: new URLSearchParams(fields) });
    if ("left" in result) return result.left;
    throw new Error(`stayed at ${result.url}: ${result.page.status} ${await result.page.text()}`);
  }

  /** Opens an address that must lead away at once. */
  async leave(address: string | URL): Promise<URL> {
    const result = await this.open(address);
    if ("left" in result) return result.left;
    throw new Error(`stayed at ${result.url}: ${result.page.status} ${await result.page.text()}`);
  }

  #cookiesFor(path: string): string {
    const fitting = [...this.#cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    return fitting.map(([name, cookie]) => `${name}=${cookie.value}`).join("; ");
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const [name = "", ...value] = pair.split("=");
      const path = attributes.find((part) => part.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value: value.join("="), path });
    }
  }
}
