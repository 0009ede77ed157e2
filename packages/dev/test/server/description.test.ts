// What the tenant says of its own calls is what there is: the answer of `GET /dev`, the list in its
// 404, the README, the command line and the console agree.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/flags.js";
import type { Tenant } from "../../src/index.js";
import { call } from "../support/call.js";
import { startTenant } from "../support/tenants.js";

interface Route {
  readonly method: string;
  readonly path: string;
}

let tenant: Tenant;
let endpoints: Readonly<Record<string, string>>;
let routes: readonly Route[];
beforeAll(async () => {
  tenant = await startTenant();
  endpoints = (await call(tenant, "GET /dev")).body.endpoints;
  routes = toRoutes((await call(tenant, "GET /dev/nothing")).body.error_description);
});

/** `There is GET, PUT /dev/apis, POST /dev/try.` → its routes. */
function toRoutes(list: string): readonly Route[] {
  return [...list.matchAll(/((?:[A-Z]+, )*[A-Z]+) (\/dev(?:\/[^\s,./]+)*)/g)].flatMap(([, methods = "", path = ""]) =>
    methods.split(", ").map((method) => ({ method, path })),
  );
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const write = ({ method, path }: Route) => `${method} ${path}`;

describe("The list of calls in the tenant's 404", () => {
  test("has calls that exist, and all of their methods", async () => {
    expect(routes.length).toBeGreaterThan(20);
    const known = new Set(routes.map(write));
    for (const path of new Set(routes.map((route) => route.path))) {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
        const route = `${method} ${path.replace(/<\w+>/, "x")}`;
        const { body, status: given } = await call(tenant, route, method === "GET" ? undefined : []);
        // Without an entry named x, its removal is a 404 too, but not that of an unknown call.
        const isAbsent = given === 404 && /^There is no (persona|client) "x"/.test(body.error_description);
        const status = isAbsent ? 204 : given;
        const expected = known.has(`${method} ${path}`) ? [200, 204, 400] : [404];
        expect({ route, status }).toEqual({ route, status: expect.toSatisfy((one) => expected.includes(one)) });
      }
    }
  });

  test("is what the README has", () => {
    // Also written as `GET /dev/apis`, `PUT` {…}, or as curl commands.
    for (const { path } of routes) {
      const written = path.replace("/dev/faults/<name>", "/dev/faults/opaque");
      expect({ path, isThere: readme.includes(written) }).toEqual({ path, isThere: true });
    }
    const paths = new Set(routes.map(({ path }) => toBase(path)));
    for (const [path = ""] of readme.matchAll(/(?<!@gatewarden)\/dev\/[a-z]+/g)) expect(paths).toContain(path);
  });
});

/** `/dev/keys/<kid>` → `/dev/keys`. */
const toBase = (path: string) => path.split("/").slice(0, 3).join("/");

describe("The endpoints of GET /dev", () => {
  test("are those of the list, below /dev", () => {
    const named = Object.entries(endpoints).filter(([name]) => name.startsWith("dev"));
    const listed = [...new Set(routes.map(({ path }) => toBase(path)))];
    expect(named.map(([, url]) => new URL(url).pathname).sort()).toEqual(listed.sort());
    for (const [name, url] of named) {
      const [, , part = ""] = new URL(url).pathname.split("/");
      expect(name.toLowerCase()).toBe(`dev${part}`);
    }
  });

  test("elsewhere answer too", async () => {
    const others = Object.entries(endpoints).filter(([name]) => !name.startsWith("dev"));
    expect(others.length).toBeGreaterThan(9);
    for (const [name, url] of others) {
      const answers = await Promise.all(["GET", "POST"].map((method) => fetch(url, { method, redirect: "manual" })));
      const statuses = answers.map(({ status }) => status);
      expect({ name, statuses }).toEqual({
        name,
        statuses: expect.toSatisfy((all) => all.some((one: number) => one !== 404)),
      });
      for (const answer of answers) await answer.body?.cancel();
    }
  });
});

describe("The command line in the README", () => {
  const [, table = ""] = /On the command line:\n\n(.*?)\n\n/s.exec(readme) ?? [];

  test("has a row for each call, but for the one of connectConsole", () => {
    const bases = [...new Set(routes.map(({ path }) => toBase(path)))].filter((path) => path !== "/dev/decisions");
    for (const path of bases) expect(table).toContain(`\`${path}\``);
  });

  test("names commands that exist", () => {
    const names = [...table.matchAll(/`gatewarden (\w+)/g)].map(([, name]) => name);
    const known = [...commands.map(({ name }) => name), "explain"];
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect(known).toContain(name);
  });
});

describe("The console", () => {
  const folder = join(root, "console", "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const sources = files.map((file) => ({
    file,
    text: readFileSync(join(folder, file), "utf8").replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, ""),
  }));

  test("calls the tenant in two places alone, so that this test sees all calls", () => {
    const places = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\bfetch\((?!\$)|new (?:EventSource|WebSocket|XMLHttpRequest)|sendBeacon/g)].map(() => file),
    );
    expect(places.sort()).toEqual(["client.ts", "feed.ts"]);
  });

  test("makes no call that is not in the list", () => {
    const literals = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/(?:"(GET|POST|PUT|DELETE)",\s*)?(?:"(\/dev[^"]*)"|`(\/dev[^`]*)`)/g)].map(
        ([, method, plain, template]) => ({ file, method, path: (plain ?? template ?? "").replace(/\?.*$/, "") }),
      ),
    );
    expect(literals.length).toBeGreaterThan(15);
    for (const { file, method, path } of literals) {
      const pattern = new RegExp(`^${path.replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "(<\\w+>|[a-z]+)")}$`);
      const fitting = routes.filter((route) => pattern.test(route.path) && (method ?? route.method) === route.method);
      expect({ file, call: `${method ?? "any"} ${path}`, isListed: fitting.length > 0 }).toMatchObject({
        isListed: true,
      });
    }
  });
});
