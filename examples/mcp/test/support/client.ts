// The official SDK's client with everything it keeps in memory, and a person who logs in on the tenant's pages.
import { type OAuthClientProvider, UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { Browser } from "../../../../packages/dev/test/support/browser.js";

const redirectUrl = "http://127.0.0.1:8765/callback";

/** An application that speaks MCP: begins with nothing but the server's URL. */
export class Application implements OAuthClientProvider {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata = {
    client_name: "An MCP client",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  /** Every request that the SDK made: method, path, status. */
  readonly requests: string[] = [];
  /** Where the person is to be sent to log in. */
  authorizationUrl: URL | undefined;
  #client: OAuthClientInformationMixed | undefined;
  #tokens: OAuthTokens | undefined;
  #verifier = "";
  readonly #server: URL;

  constructor(server: string, client?: OAuthClientInformationMixed) {
    this.#server = new URL(server);
    this.#client = client;
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#client;
  }

  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.#client = client;
  }

  tokens(): OAuthTokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: OAuthTokens): void {
    this.#tokens = tokens;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  /** Calls a tool in a session of its own. Where the SDK asks for a login, the persona logs in and the SDK goes on. */
  async call(tool: string, persona: string): Promise<CallToolResult> {
    const { client, transport } = await this.#connect(persona);
    const ask = async () => (await client.callTool({ name: tool })) as CallToolResult;
    try {
      return await ask().catch((error: unknown) => this.#finishLogin(error, transport, persona).then(ask));
    } finally {
      await client.close();
    }
  }

  async #connect(persona: string): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
    const transport = new StreamableHTTPClientTransport(this.#server, { authProvider: this, fetch: this.#fetch });
    const client = new Client({ name: "test", version: "1" });
    try {
      await client.connect(transport);
      return { client, transport };
    } catch (error) {
      await this.#finishLogin(error, transport, persona);
      return this.#connect(persona);
    }
  }

  async #finishLogin(error: unknown, transport: StreamableHTTPClientTransport, persona: string): Promise<void> {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await this.#logIn(persona));
  }

  async #logIn(persona: string): Promise<string> {
    const page = this.authorizationUrl ?? new URL("about:blank");
    const browser = new Browser(page.origin);
    const callback = await browser.submit((await browser.read(page)).url, { persona });
    return callback.searchParams.get("code") ?? "";
  }

  readonly #fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    this.requests.push(`${init?.method ?? "GET"} ${new URL(url).pathname} ${response.status}`);
    return response;
  };
}
