import { cloudflareAccessCase } from "./_cases/cloudflare-access.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(cloudflareAccessCase);
