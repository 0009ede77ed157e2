import { duendeCase } from "./_cases/duende.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(duendeCase);
