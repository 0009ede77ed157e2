import { auth0Case } from "./_cases/auth0.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(auth0Case);
