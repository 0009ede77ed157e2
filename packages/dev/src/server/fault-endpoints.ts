// `/dev/faults`: lists all faults and the active ones, and switches them on and off.
import { faultCatalogue, faultNames } from "../faults/catalogue.js";
import type { FaultName, FaultRecord } from "../faults/fault.js";
import type { TenantFaults } from "../faults/fault-board.js";
import { parseFaultName, parseFaultsBody } from "../faults/parse-fault.js";
import { loadBody } from "./body.js";
import type { Exchange } from "./pipeline.js";
import { sendJson } from "./respond.js";

const collection = "/dev/faults";

/**
 * Answers requests about faults; returns false for any other. Throws a `TenantError` for an invalid
 * request.
 */
export async function answerFaults({ request, response, url }: Exchange, faults: TenantFaults): Promise<boolean> {
  const isOne = url.pathname.startsWith(`${collection}/`);
  if (url.pathname !== collection && !isOne) return false;
  const route = `${request.method} ${isOne ? "one" : "all"}`;
  if (route === "GET all") {
    sendJson(response, 200, { on: faults.active, faults: listFaults(faults) });
    return true;
  }
  if (route === "POST all") await faults.set(...parseFaultsBody(await loadBody(request)));
  else if (route === "PUT all") await faults.replace(...parseFaultsBody(await loadBody(request)));
  else if (route === "DELETE all") await faults.clear();
  else if (route === "DELETE one") await faults.clear(parseFaultName(url.pathname.slice(collection.length + 1)));
  else return false;
  sendJson(response, 200, { on: faults.active });
  return true;
}

function describeFault(name: FaultName): Omit<FaultRecord, "defaults" | "decides"> {
  const { defaults: _defaults, decides: _decides, ...shown } = faultCatalogue[name];
  return shown;
}

function listFaults(faults: TenantFaults): unknown {
  const on = new Set(faults.active.map(({ name }) => name));
  return faultNames.map((name) => {
    return { name, ...describeFault(name), on: on.has(name) };
  });
}
