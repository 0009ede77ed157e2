import { describeProvider } from "./_provider-cases.js";
import { googleIapCase } from "./cases/google-iap.js";

describeProvider(googleIapCase);
