// The table of requests, against the original and the drop-in side by side, in Express 4 and 5.
import { describe, expect, test } from "vitest";
import { frameworks, observeBoth, type Result } from "./_bench.js";
import type { Answer, RequestRow } from "./_request-case.js";
import { algorithms, publicKeys, secrets } from "./_requests/algorithms.js";
import { dpop, mtls } from "./_requests/bound.js";
import { claimChecks, scopes } from "./_requests/checks.js";
import { registered, strict, types } from "./_requests/claims.js";
import { discovery, environment, outages, rotation, several } from "./_requests/issuers.js";
import { optionals, validators } from "./_requests/optional.js";
import { headers, hosts, places } from "./_requests/places.js";

const themes = {
  ...{ places, headers, hosts, algorithms, secrets, publicKeys, registered, types, strict, scopes, claimChecks },
  ...{ optionals, validators, dpop, mtls, environment, discovery, rotation, outages, several },
};

function toAnswer(observed: Result): Answer | "refused" {
  if (observed === "refused") return observed;
  const { status, code } = observed;
  return code === undefined ? [status] : [status, code];
}

/** What is compared: everything but ES256K, and the texts where a row allows it. */
function toComparable(observed: Result, { isWorded }: RequestRow): unknown {
  const text = JSON.stringify(observed).replaceAll("ES256K ", "");
  return JSON.parse(isWorded ? text.replace(/error_description=\\"[^"]*\\"/g, "") : text);
}

const rows = Object.entries(themes).flatMap(([theme, list]) => list.map((row) => ({ theme, row })));

describe.each(Object.keys(frameworks) as (keyof typeof frameworks)[])("In %s", (framework) => {
  describe.each(Object.keys(themes))("%s:", (theme) => {
    test.each(rows.filter((one) => one.theme === theme).map(({ row }) => [row.title, row] as const))(
      "%s",
      async (_title, row) => {
        const { original, dropIn } = await observeBoth(row, framework);
        expect({ original: toAnswer(original), dropIn: toAnswer(dropIn) }).toEqual({
          original: row.original ?? row.answer,
          dropIn: row.answer,
        });
        if (row.original === undefined) expect(toComparable(dropIn, row)).toEqual(toComparable(original, row));
      },
    );
  });
});
