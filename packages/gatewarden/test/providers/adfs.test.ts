import { describeProvider } from "./_provider-cases.js";
import { adfsCase } from "./cases/adfs.js";

describeProvider(adfsCase);
