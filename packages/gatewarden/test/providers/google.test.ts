import { describeProvider } from "./_provider-cases.js";
import { googleCase, googleSchemelessCase } from "./cases/google.js";

describeProvider(googleCase);
describeProvider(googleSchemelessCase);
