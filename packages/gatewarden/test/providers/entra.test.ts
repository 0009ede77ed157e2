import { describeProvider } from "./_provider-cases.js";
import { entraCase, entraListCase, entraOrganizationsCase, entraV1Case } from "./cases/entra.js";

describeProvider(entraCase);
describeProvider(entraV1Case);
describeProvider(entraListCase);
describeProvider(entraOrganizationsCase);
