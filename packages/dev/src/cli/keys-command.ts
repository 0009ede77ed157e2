// `gatewarden keys`: which keys sign and verify, and their change.

import { parseFlags, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { flags, toCommand } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { callTenant, findTenant } from "./tenant-client.js";

const path = "/dev/keys";

const keysAnswer = z.looseObject({
  keys: z.array(
    z.looseObject({
      kid: z.string(),
      alg: z.string(),
      state: z.string(),
      tokens: z.int(),
      until: z.string().nullable(),
    }),
  ),
});

type Keys = z.infer<typeof keysAnswer>["keys"];

export async function runKeys(args: readonly string[], io: CliIo): Promise<number> {
  const command = toCommand("keys");
  const { values } = parseFlags({ flags, commands: [command], command: "keys", args });
  const { algorithm, withdraw } = values;
  const dropOld = values["drop-old"];
  // Dots alone would be steps of the path (RFC 3986 §5.2.4).
  if (withdraw !== undefined && /^\.{0,2}$/.test(withdraw)) throw new UsageError("--withdraw needs the name of a key.");
  const isRotation = values.rotate || dropOld || algorithm !== undefined;
  if (isRotation && withdraw !== undefined)
    throw new UsageError("--withdraw stands alone: rotate first, then withdraw.");
  const tenant = await findTenant(values.issuer, io.cwd);
  const ask = { tenant, answer: keysAnswer };
  const body = { ...(dropOld && { dropOld }), ...(algorithm !== undefined && { algorithm }) };
  const answer = isRotation
    ? await callTenant({ ...ask, method: "POST", path, body })
    : withdraw === undefined
      ? await callTenant({ ...ask, method: "GET", path })
      : await callTenant({ ...ask, method: "DELETE", path: `${path}/${encodeURIComponent(withdraw)}` });
  const isChange = isRotation || withdraw !== undefined;
  if (values.json) io.stdout(toJsonLine(answer));
  else if (!(values.quiet && isChange)) io.stdout(formatKeys(answer.keys));
  return 0;
}

function formatKeys(keys: Keys): string {
  const width = Math.max(...keys.map(({ kid }) => kid.length));
  const lines = keys.map(({ kid, alg, state, tokens, until }) => {
    const use = tokens === 0 ? "no tokens" : `${tokens} ${tokens === 1 ? "token" : "tokens"}, the last until ${until}`;
    return `  ${kid.padEnd(width)}  ${alg.padEnd(7)}  ${state.padEnd(9)}  ${use}\n`;
  });
  return `Keys:\n${lines.join("")}`;
}
