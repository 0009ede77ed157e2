import { describeProvider } from "./_provider-cases.js";
import { fusionAuthCase } from "./cases/fusion-auth.js";

describeProvider(fusionAuthCase);
