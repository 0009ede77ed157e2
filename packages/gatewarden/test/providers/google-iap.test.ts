import { googleIapCase } from "./_cases/google-iap.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(googleIapCase);
