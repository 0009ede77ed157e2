import { stytchB2bCase, stytchCase } from "./_cases/stytch.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(stytchCase);
describeProvider(stytchB2bCase);
