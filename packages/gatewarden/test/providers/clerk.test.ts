import { clerkAudienceCase, clerkCase } from "./_cases/clerk.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(clerkCase);
describeProvider(clerkAudienceCase);
