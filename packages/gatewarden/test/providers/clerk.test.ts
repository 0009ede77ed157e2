import { describeProvider } from "./_provider-cases.js";
import { clerkAudienceCase, clerkCase } from "./cases/clerk.js";

describeProvider(clerkCase);
describeProvider(clerkAudienceCase);
