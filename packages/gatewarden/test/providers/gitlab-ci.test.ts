import { describeProvider } from "./_provider-cases.js";
import { gitlabCiCase } from "./cases/gitlab-ci.js";

describeProvider(gitlabCiCase);
