import { authentikCase, authentikStrictCase } from "./_cases/authentik.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(authentikCase);
describeProvider(authentikStrictCase);
