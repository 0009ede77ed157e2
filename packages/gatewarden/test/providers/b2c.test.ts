import { describeProvider } from "./_provider-cases.js";
import { b2cCase, b2cTfpCase } from "./cases/b2c.js";

describeProvider(b2cCase);
describeProvider(b2cTfpCase);
