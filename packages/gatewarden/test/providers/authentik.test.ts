import { describeProvider } from "./_provider-cases.js";
import { authentikCase, authentikStrictCase } from "./cases/authentik.js";

describeProvider(authentikCase);
describeProvider(authentikStrictCase);
