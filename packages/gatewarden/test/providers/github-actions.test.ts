import { githubActionsCase } from "./_cases/github-actions.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(githubActionsCase);
