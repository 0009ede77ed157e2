// The client of the SDK's second major, on revision 2026-07-28, with everything it keeps in memory,
// and a person who logs in on the tenant's pages.
import {
  type CallToolResult,
  Client,
  type DpopSession,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { Browser } from "../../../../packages/dev/test/support/browser.js";

const redirectUrl = "http://127.0.0.1:8765/callback";

export interface ModernOptions {
  /** Where the document is that describes the client. Without it, the client registers itself. */
  readonly clientMetadataUrl?: string;
  /** What the first login asks for. Default: nothing, so the issuer decides. */
  readonly scope?: string;
  /** The key that tokens are bound to. Without it, they are bearer tokens. */
  readonly dpop?: DpopSession;
}

/** What a client says of itself, when it registers and in its metadata document. */
export const clientMetadata = {
  client_name: "An MCP client",
  redirect_uris: [redirectUrl],
  grant_types: ["authorization_code"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

/** An application that speaks MCP: begins with nothing but the server's URL. */
export class ModernApplication implements OAuthClientProvider {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata: OAuthClientMetadata;
  readonly clientMetadataUrl?: string;
  readonly dpop?: () => DpopSession;
  /** Every request that the SDK made: method, path, status. */
  readonly requests: string[] = [];
  /** The challenges that it met. */
  readonly challenges: string[] = [];
  /** Where the person was sent to log in, each time. */
  readonly logins: URL[] = [];
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #discovered: OAuthDiscoveryState | undefined;
  #verifier = "";
  readonly #server: URL;

  constructor(server: string, { clientMetadataUrl, scope, dpop }: ModernOptions = {}) {
    this.#server = new URL(server);
    this.clientMetadata = { ...clientMetadata, ...(scope !== undefined && { scope }) };
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
    if (dpop !== undefined) this.dpop = () => dpop;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client;
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }

  redirectToAuthorization(url: URL): void {
    this.logins.push(url);
  }

  /** Calls a tool. Where the SDK asks for a login, the persona logs in and the SDK goes on. */
  call(name: string, persona: string): Promise<CallToolResult> {
    return this.#within(persona, (client) => client.callTool({ name }));
  }

  /** The names of the tools that the server shows. */
  async listTools(persona: string): Promise<string[]> {
    const { tools } = await this.#within(persona, (client) => client.listTools());
    return tools.map(({ name }) => name);
  }

  /** The person logs in once to connect, and once more for what they ask. Then errors are errors. */
  async #within<Result>(persona: string, ask: (client: Client) => Promise<Result>): Promise<Result> {
    let { client, transport } = this.#create();
    const logInAfter = async (error: unknown) => {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(await this.#logIn(persona));
    };
    try {
      await client.connect(transport).catch(async (error: unknown) => {
        await logInAfter(error);
        ({ client, transport } = this.#create());
        await client.connect(transport);
      });
      return await ask(client).catch((error: unknown) => logInAfter(error).then(() => ask(client)));
    } finally {
      await client.close();
    }
  }

  #create(): { client: Client; transport: StreamableHTTPClientTransport } {
    const transport = new StreamableHTTPClientTransport(this.#server, { authProvider: this, fetch: this.#fetch });
    const versionNegotiation = { mode: { pin: "2026-07-28" } };
    return { transport, client: new Client({ name: "test", version: "1" }, { versionNegotiation }) };
  }

  async #logIn(persona: string): Promise<URLSearchParams> {
    const page = this.logins.at(-1) ?? new URL("about:blank");
    const browser = new Browser(page.origin);
    return (await browser.submit((await browser.read(page)).url, { persona })).searchParams;
  }

  readonly #fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    this.requests.push(`${init?.method ?? "GET"} ${new URL(url).pathname} ${response.status}`);
    const challenge = response.headers.get("www-authenticate");
    if (challenge !== null) this.challenges.push(challenge);
    return response;
  };
}

/** What a tool of the example answered. */
export function readJson({ content }: CallToolResult): unknown {
  const [first] = content;
  return first?.type === "text" ? JSON.parse(first.text) : undefined;
}
