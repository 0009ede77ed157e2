// `gatewarden gateway check`.
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const check = (rules: string, ...flags: readonly string[]) =>
  runCli(["check", "{rules.yaml}", ...flags], { "rules.yaml": rules });

describe("gateway check", () => {
  test("ends with 0 for rules that are right", async () => {
    const { code, out } = await check(`
proxy: nginx
guard: { issuer: https://acme.eu.auth0.com/, audience: https://api.acme.com }
rules:
  - { path: /health, public: true }
  - { path: /admin/**, all: [{ permission: read:admin }, { stepUp: { maxAge: 300 } }] }
  - { path: "/users/{id}", methods: [GET, PUT], any: [{ scope: users }, { role: [a, b] }] }
  - { path: /org/**, organization: any, not: { claim: { name: plan, value: free } } }
  - { path: /pay, methods: POST, details: { type: payment, having: { currency: EUR } } }
  - { path: /mcp, mcp: { tools: { whoami: true, delete: { permission: write } } } }
  - { path: /stock, actor: { subject: orders-api, issuer: https://login.acme.com/ } }
  - { path: /account, any: [{ not: { actor: any } }, { actor: { clientId: support } }] }
  - { path: /feed, optional: true, scope: feed }
  - { path: /**, authenticated: true }
`);
    expect(out).toBe("rules.yaml: 0 errors, 0 warnings\n");
    expect(code).toBe(0);
  });

  test("ends with 0 for the sections of a fleet, without a Redis and without its URL", async () => {
    const { code, out } = await check(`
proxy: nginx
guard: { issuer: https://acme.eu.auth0.com/, audience: https://api.acme.com }
redis: { prefix: "orders:", beforeJoin: degraded, maxLag: 60, foundingTime: 0 }
events: 0.0.0.0:4182
logout: { clientId: [app, other], ends: session, tokenLifetime: 3600, maxTokenAge: 300, expiry: optional, algorithms: [RS256] }
signals: { audience: https://api.acme.com/signals, ends: user, issuers: [https://acme.eu.auth0.com/], profile: set }
cutOff: { path: /cut-off, permission: revoke:tokens, stepUp: { maxAge: 300 }, perMinute: 10, tokenLifetime: 3600 }
rules: [{ path: /**, authenticated: true }]
`);
    expect(out).toBe("rules.yaml: 0 errors, 0 warnings\n");
    expect(code).toBe(0);
  });

  test.each([
    [
      "a misspelt requirement, with the nearest name",
      "rules:\n  - path: /a\n    permision: read",
      '3:5 error: there is no member "permision"; did you mean "permission"?',
    ],
    [
      "a misspelt part of a requirement",
      "rules:\n  - path: /a\n    all:\n      - scop: read",
      '4:9 error: there is no member "scop"; did you mean "scope"?',
    ],
    [
      "a misspelt term of a step-up",
      "rules:\n  - path: /a\n    stepUp: { maxAg: 5 }",
      '3:15 error: there is no member "maxAg"; did you mean "maxAge"?',
    ],
    ["a misspelt section", "rule: []\nrules: []", '1:1 error: there is no member "rule"; did you mean "rules"?'],
    [
      "a misspelt MCP kind",
      "rules:\n  - path: /a\n    mcp: { tool: { a: true } }",
      'there is no member "tool"; did you mean "tools"?',
    ],
    [
      "a misspelt option of the guard",
      "guard: { isuer: x }\nrules: [{ path: /, public: true }]",
      '"guard.isuer" is not an option of the rules file; did you mean "issuer"?',
    ],
    [
      "a wrong option of the guard",
      "guard: { issuer: https://a.example/, audience: b, clockTolerance: 999 }\nrules: [{ path: /, public: true }]",
      "clockTolerance is 999",
    ],
    [
      "a misspelt member of redis",
      "redis: { urll: redis://127.0.0.1 }\nrules: []",
      '1:10 error: there is no member "urll"; did you mean "url"?',
    ],
    ["a URL that is not Redis's", "redis: { url: http://127.0.0.1 }\nrules: []", '"url" must be a URL such as redis'],
    [
      "a password in the file",
      'redis: { url: "redis://:hunter2@127.0.0.1" }\nrules: []',
      "set the environment variable REDIS_URL",
    ],
    ["a short lag", "redis: { maxLag: 1 }\nrules: []", '1:18 error: "maxLag"'],
    ["a logout without a client", "logout: { ends: user }\nrules: []", '1:9 error: "clientId" must be'],
    [
      "a logout that does not say what ends",
      "logout: { clientId: app }\nrules: []",
      '"ends" must be one of "session", "user"',
    ],
    ["a misspelt member of logout", "logout: { clientid: app, ends: user }\nrules: []", 'did you mean "clientId"?'],
    [
      "a wrong algorithm of logout tokens",
      "logout: { clientId: app, ends: user, algorithms: [HS256] }\nrules: []",
      "algorithms",
    ],
    ["signals without an audience", "signals: {}\nrules: []", '"audience" must be'],
    [
      "one path for logout and signals",
      "logout: { clientId: app, ends: user, path: /a }\nsignals: { audience: b, path: /a }\nrules: []",
      '"logout" and "signals" need different paths',
    ],
    [
      "one path for logout and cut-off",
      "logout: { clientId: app, ends: user, path: /cut-off }\ncutOff: { scope: a }\nrules: []",
      '"logout" and "cutOff" need different paths',
    ],
    [
      "one path for signals and cut-off",
      "signals: { audience: a, path: /a }\ncutOff: { scope: a, path: /a }\nrules: []",
      '"signals" and "cutOff" need different paths',
    ],
    [
      "a cut-off for every token",
      "cutOff: { perMinute: 5 }\nrules: []",
      '1:9 error: "cutOff" must say what an operator\'s token must grant',
    ],
    ["a cut-off with nothing in it", "cutOff:\nrules: []", '1:8 error: "cutOff" is wrong'],
    ["a cut-off with an empty part", "cutOff: { any: [{ scope: a }, {}] }\nrules: []", "requires nothing"],
    ["a cut-off with an empty list", "cutOff: { all: [] }\nrules: []", '1:16 error: "all" must have a part'],
    [
      "a cut-off with a negated step-up",
      "log: all\ncutOff: { not: { stepUp: { maxAge: 1 } } }\nrules: []",
      '2:9 error: the requirement of "cutOff" is wrong: ',
    ],
    [
      "a misspelt requirement of a cut-off",
      "cutOff: { permision: a }\nrules: []",
      '1:11 error: there is no member "permision"; did you mean "permission"?',
    ],
    [
      "a misspelt member of a cut-off",
      "cutOff: { scope: a, perMinut: 5 }\nrules: []",
      '1:21 error: there is no member "perMinut"; did you mean "perMinute"?',
    ],
    ["a cut-off that is never allowed", "cutOff: { scope: a, perMinute: 0 }\nrules: []", '1:32 error: "perMinute"'],
    ["half a cut-off per minute", "cutOff: { scope: a, perMinute: 1.5 }\nrules: []", '1:32 error: "perMinute"'],
    ["too many cut-offs per minute", "cutOff: { scope: a, perMinute: 6001 }\nrules: []", '1:32 error: "perMinute"'],
    ["tokens that live no time", "cutOff: { scope: a, tokenLifetime: 0 }\nrules: []", '1:36 error: "tokenLifetime"'],
    ["a cut-off at a path without a slash", "cutOff: { scope: a, path: b }\nrules: []", '1:27 error: "path" must be'],
    [
      "a path with a query",
      "logout: { clientId: app, ends: user, path: /a?b }\nrules: []",
      '"path" must be a plain path',
    ],
    ["a listener for nothing", "events: 127.0.0.1:4182\nrules: []", "the file has none of them"],
    ["an events address that is none", "events: x\nsignals: { audience: b }\nrules: []", '"events" must be an address'],
    ["an address that is none", "from: [proxy.internal]\nrules: []", '"from" holds "proxy.internal"'],
    ["a range that is none", "from: [10.0.0.0/33]\nrules: []", '"from" holds "10.0.0.0/33"'],
    [
      "an address to listen on that is none",
      "listen: localhost:1\nrules: []",
      '"listen" must be an address and a port',
    ],
    ["an origin with a path", "cors: { origins: [https://a.example/] }\nrules: []", "is not an origin"],
    ["an origin that no browser sends", "cors: { origins: [https://A.example:443] }\nrules: []", "is not an origin"],
    ["credentials for every origin", 'cors: { origins: ["*"], credentials: true }\nrules: []', "needs named origins"],
    ["the name __proto__", "guard: { __proto__: { issuer: x } }\nrules: []", '1:10 error: has the name "__proto__"'],
    [
      "the name __proto__ in a list of tools",
      "rules: [{ path: /a, mcp: { tools: { __proto__: { scope: a }, b: true } } }]",
      'has the name "__proto__"',
    ],
    [
      "a number and a text with one spelling",
      "rules: [{ path: /a, details: { type: a, having: { 1: a, '1': b } } }]",
      'has the name "1" twice',
    ],
    [
      "a name that is a list",
      "rules: [{ path: /a, details: { type: a, having: { ? [x] : b } } }]",
      "has a name that is neither text, a number, true nor false",
    ],
    [
      "a final slash whose rule stands too late",
      "rules:\n  - { path: /docs, public: true }\n  - { path: /docs/, authenticated: true }",
      "3:5 error: every request for this rule is refused as ambiguous",
    ],
    [
      "a path that differs in case from an open one",
      "rules:\n  - { path: /Admin/**, public: true }\n  - { path: /admin/users, authenticated: true }",
      "3:5 error: every request for this rule is refused as ambiguous",
    ],
    ["a secret in the file", "guard: { keys: { secret: abc } }\nrules: []", "set the environment variable SECRET"],
    ["an unknown proxy", "proxy: ngnix\nrules: []", '1:8 error: "proxy" must be one of "nginx"'],
    ["a rule that asks for nothing", "rules:\n  - path: /a", "2:5 error: the rule asks for nothing"],
    [
      "public beside a requirement",
      "rules:\n  - path: /a\n    public: true\n    scope: a",
      '3:5 error: "public" cannot be beside a requirement',
    ],
    ["public: false", "rules:\n  - path: /a\n    public: false", '3:13 error: "public" must be one of true'],
    ["a scope with nothing in it", 'rules:\n  - path: /a\n    scope: ""', '3:12 error: "scope" must not be empty'],
    ["an empty list", "rules:\n  - path: /a\n    all: []", '3:10 error: "all" must have a part'],
    ["an empty part", "rules:\n  - path: /a\n    any: [{ scope: a }, {}]", "requires nothing"],
    [
      "a misspelt term of an actor",
      "rules:\n  - path: /a\n    actor: { subjct: orders-api }",
      '3:14 error: there is no member "subjct"; did you mean "subject"?',
    ],
    [
      "an actor that is an issuer alone",
      "rules:\n  - path: /a\n    actor: { issuer: x }",
      "neither subject nor clientId",
    ],
    ["an actor as text", "rules:\n  - path: /a\n    actor: orders-api", '"actor" must be'],
    ["a negated step-up", "rules:\n  - path: /a\n    not: { stepUp: { maxAge: 1 } }", "negates a step-up"],
    ["a name that appears twice", "rules:\n  - path: /a\n    scope: a\n    scope: b", "4:5 error: is not YAML"],
    ["a path without a slash", "rules:\n  - path: a\n    public: true", '2:11 error: "path" must begin with /'],
    [
      "a path that is not in normal form",
      "rules:\n  - path: /a/../b\n    public: true",
      "would refuse every request: it has a dot segment",
    ],
    ["a wildcard within a name", "rules:\n  - path: /a*\n    public: true", 'has "*" within a name'],
    ["an open wildcard in the middle", "rules:\n  - path: /**/a\n    public: true", 'has "*" within a name'],
    ["a path with a query", "rules:\n  - path: /a?b\n    public: true", "rules do not see the query"],
    [
      "a method in lower case",
      "rules:\n  - path: /a\n    methods: get\n    public: true",
      '3:5 error: "methods" must name methods in capital letters',
    ],
    [
      "a host with a port",
      "rules:\n  - path: /a\n    hosts: a.example:80\n    public: true",
      '3:5 error: "hosts" must name hosts',
    ],
    [
      "a header that is named twice",
      "identity: { headers: { subject: X-A, client: x-a } }\nrules: []",
      "names a header twice",
    ],
    [
      "a header of the gateway's own",
      "identity: { headers: { subject: X-Forwarded-User } }\nrules: []",
      "cannot use x-forwarded-user",
    ],
    [
      "a header that says how to cache the decision",
      "identity: { headers: { subject: Cache-Control } }\nrules: []",
      "cannot use cache-control",
    ],
    ["something that is not YAML", "rules: [", "error: is not YAML"],
  ])("finds %s", async (_name, rules, message) => {
    const { code, out } = await check(rules);
    expect(out).toContain(message);
    expect(code).toBe(1);
  });

  test("shows the line, with a mark under the column", async () => {
    const { out } = await check("rules:\n  - path: /a\n    permision: read");
    expect(out).toContain("\n    3 |     permision: read\n      |     ^\n");
  });

  test.each([
    ["the same path", "{ path: /a, public: true }", "{ path: /a, deny: true }"],
    ["a wildcard", "{ path: /a/**, public: true }", "{ path: /a/b, deny: true }"],
    ["a segment of any name", "{ path: /a/*, public: true }", "{ path: '/a/{id}', deny: true }"],
    ["all methods", "{ path: /a, public: true }", "{ path: /a, methods: GET, deny: true }"],
    ["all hosts", "{ path: /a, public: true }", "{ path: /a, hosts: a.example, deny: true }"],
  ])("finds a rule that nothing reaches, since one before it has %s", async (_name, first, second) => {
    const { code, out } = await check(`rules:\n  - ${first}\n  - ${second}\n`);
    expect(out).toContain("3:5 error: no request reaches this rule");
    expect(code).toBe(1);
  });

  test("finds a rule whose methods several rules before it share", async () => {
    const { out } = await check(
      "rules:\n  - { path: /a, methods: GET, public: true }\n  - { path: /a, methods: POST, public: true }\n  - { path: /a, methods: [GET, POST], deny: true }\n",
    );
    expect(out).toContain('4:5 error: no request reaches this rule: "/a" of line 2, "/a" of line 3 stands before it');
  });

  test.each([
    ["another method", "{ path: /a, methods: GET, public: true }", "{ path: /a, deny: true }"],
    ["another host", "{ path: /a, hosts: a.example, public: true }", "{ path: /a, deny: true }"],
    ["a longer path", "{ path: /a/*, public: true }", "{ path: /a/b/c, deny: true }"],
    ["a final slash, which a segment of any name has not", "{ path: /a/*, public: true }", "{ path: /a/, deny: true }"],
    ["a path that is more general", "{ path: /a/b, public: true }", "{ path: /a/**, deny: true }"],
  ])("accepts a rule behind one with %s", async (_name, first, second) => {
    const { code, out } = await check(`rules:\n  - ${first}\n  - ${second}\n`);
    expect(out).toContain("0 errors, 0 warnings");
    expect(code).toBe(0);
  });

  test("warns of an overlap, which fails with --strict only", async () => {
    const rules = "rules:\n  - { path: /a/*, public: true }\n  - { path: /*/b, deny: true }\n";
    const { code, out } = await check(rules);
    expect(out).toContain('3:5 warning: some paths are covered by "/a/*" of line 2 too');
    expect(code).toBe(0);
    expect((await check(rules, "--strict")).code).toBe(1);
  });

  test("finds paths that differ in case only", async () => {
    const { out } = await check("rules:\n  - { path: /Admin, public: true }\n  - { path: /admin, deny: true }\n");
    expect(out).toContain('differs from that of "/Admin" of line 2 in case only');
  });

  test("warns if everything is public", async () => {
    expect((await check("rules: [{ path: /**, public: true }]")).out).toContain(
      "warning: everything that no rule before covers is public",
    );
  });

  test("prints no control characters of the file", async () => {
    const { out } = await check('rules:\n  - path: "/a"\n    "sc\\u001bope": a');
    expect(out).not.toContain("\u001b");
  });
});

describe("The command line", () => {
  test.each([
    [["chek", "x"], 'There is no command "gateway chek"; did you mean "check"?'],
    [["check"], "gatewarden gateway check needs rules.yaml."],
    [["check", "a", "b"], 'The argument "b" is one too many'],
    [["--proxy", "ngnix"], 'There is no proxy kind "ngnix"; did you mean "nginx"?'],
    [["--workers", "0"], "--workers must be a number from 1 to 99"],
    [["--rulez", "a"], "There is no flag --rulez; did you mean --rules?"],
    [["check", "--rules", "a", "b"], "it belongs to gatewarden gateway"],
    [["check", "--color", "alway", "b"], 'did you mean "always"?'],
    [["check", "/does/not/exist.yaml"], "ENOENT"],
  ])("%j ends with 2", async (args, message) => {
    const { code, error } = await runCli(args);
    expect(error).toContain(message);
    expect(code).toBe(2);
  });

  test("--help ends with 0", async () => {
    const { code, out } = await runCli(["--help"]);
    expect(out).toContain("Usage: gatewarden gateway");
    expect(code).toBe(0);
  });

  test.each([
    ["dpop", "guard: { dpop: { mode: allowed } }\n", '"guard.dpop" works with one process only'],
    ["a logout of one of them", "logout: { clientId: app, ends: user }\n", 'need "redis"'],
    ["signals for one of them", "signals: { audience: a }\n", 'need "redis"'],
    ["a cut-off at one of them", "cutOff: { scope: a }\n", '"cutOff" of several processes need "redis"'],
    [
      "an internal token without shared keys",
      "identity: { token: { audience: a, issuer: https://g.example } }\n",
      'needs "keys"',
    ],
  ])("several processes do not start with %s", async (_name, more, message) => {
    const rules = `proxy: nginx\n${more}rules: []\n`;
    const { code, error } = await runCli(["--rules", "{rules.yaml}", "--workers", "2"], { "rules.yaml": rules });
    expect(error).toContain(message);
    expect(code).toBe(2);
  });

  test("a gateway without the URL of its Redis does not start", async () => {
    const rules = "proxy: nginx\nguard: { issuer: https://a.example/, audience: b }\nredis: {}\nrules: []\n";
    const { code, error } = await runCli(["--rules", "{rules.yaml}"], { "rules.yaml": rules });
    expect(error).toContain('"redis" needs "url", or the environment variable REDIS_URL');
    expect(code).toBe(2);
  });

  test("a gateway without the kind of its proxy does not start", async () => {
    const { code, error } = await runCli([]);
    expect(error).toContain("The proxy is not named");
    expect(code).toBe(2);
  });
});
