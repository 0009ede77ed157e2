import { describeProvider } from "./_provider-cases.js";
import { entraExternalCase } from "./cases/entra-external.js";

describeProvider(entraExternalCase);
