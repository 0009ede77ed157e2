import { logtoCase } from "./_cases/logto.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(logtoCase);
