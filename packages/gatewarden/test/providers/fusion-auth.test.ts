import { fusionAuthCase } from "./_cases/fusion-auth.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(fusionAuthCase);
