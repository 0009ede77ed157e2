import { describeProvider } from "./_provider-cases.js";
import { auth0Case } from "./cases/auth0.js";

describeProvider(auth0Case);
