import { describeProvider } from "./_provider-cases.js";
import { stytchB2bCase, stytchCase } from "./cases/stytch.js";

describeProvider(stytchCase);
describeProvider(stytchB2bCase);
