import { describeProvider } from "./_provider-cases.js";
import { oryCase } from "./cases/ory.js";

describeProvider(oryCase);
