import { keycloakCase, keycloakInsideCase } from "./_cases/keycloak.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(keycloakCase);
describeProvider(keycloakInsideCase);
