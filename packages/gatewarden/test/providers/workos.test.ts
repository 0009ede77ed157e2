import { workosAuthkitCase, workosCase } from "./_cases/workos.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(workosCase);
describeProvider(workosAuthkitCase);
