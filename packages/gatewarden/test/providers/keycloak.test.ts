import { describeProvider } from "./_provider-cases.js";
import { keycloakCase, keycloakInsideCase } from "./cases/keycloak.js";

describeProvider(keycloakCase);
describeProvider(keycloakInsideCase);
