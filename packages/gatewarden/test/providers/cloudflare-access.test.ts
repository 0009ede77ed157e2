import { describeProvider } from "./_provider-cases.js";
import { cloudflareAccessCase } from "./cases/cloudflare-access.js";

describeProvider(cloudflareAccessCase);
