import { describeProvider } from "./_provider-cases.js";
import { logtoCase } from "./cases/logto.js";

describeProvider(logtoCase);
