import { b2cCase, b2cTfpCase } from "./_cases/b2c.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(b2cCase);
describeProvider(b2cTfpCase);
