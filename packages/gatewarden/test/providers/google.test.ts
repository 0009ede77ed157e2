import { googleCase, googleSchemelessCase } from "./_cases/google.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(googleCase);
describeProvider(googleSchemelessCase);
