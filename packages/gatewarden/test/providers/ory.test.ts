import { oryCase } from "./_cases/ory.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(oryCase);
