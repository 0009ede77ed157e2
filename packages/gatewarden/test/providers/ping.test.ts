import { describeProvider } from "./_provider-cases.js";
import { pingCase } from "./cases/ping.js";

describeProvider(pingCase);
