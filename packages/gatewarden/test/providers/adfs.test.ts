import { adfsCase } from "./_cases/adfs.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(adfsCase);
