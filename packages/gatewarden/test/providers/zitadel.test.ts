import { zitadelCase } from "./_cases/zitadel.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(zitadelCase);
