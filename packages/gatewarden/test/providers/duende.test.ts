import { describeProvider } from "./_provider-cases.js";
import { duendeCase } from "./cases/duende.js";

describeProvider(duendeCase);
