import { describeProvider } from "./_provider-cases.js";
import { githubActionsCase } from "./cases/github-actions.js";

describeProvider(githubActionsCase);
