import { describeProvider } from "./_provider-cases.js";
import { oktaCase } from "./cases/okta.js";

describeProvider(oktaCase);
