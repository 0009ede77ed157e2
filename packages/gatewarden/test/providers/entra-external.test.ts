import { entraExternalCase } from "./_cases/entra-external.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(entraExternalCase);
