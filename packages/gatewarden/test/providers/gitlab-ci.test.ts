import { gitlabCiCase } from "./_cases/gitlab-ci.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(gitlabCiCase);
