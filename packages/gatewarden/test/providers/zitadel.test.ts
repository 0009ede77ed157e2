import { describeProvider } from "./_provider-cases.js";
import { zitadelCase } from "./cases/zitadel.js";

describeProvider(zitadelCase);
