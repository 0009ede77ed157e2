import { oktaCase } from "./_cases/okta.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(oktaCase);
