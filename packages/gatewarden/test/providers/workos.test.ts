import { describeProvider } from "./_provider-cases.js";
import { workosAuthkitCase, workosCase } from "./cases/workos.js";

describeProvider(workosCase);
describeProvider(workosAuthkitCase);
