import { pingCase } from "./_cases/ping.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(pingCase);
