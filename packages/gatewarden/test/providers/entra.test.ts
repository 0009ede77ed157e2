import { entraCase, entraListCase, entraOrganizationsCase, entraV1Case } from "./_cases/entra.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(entraCase);
describeProvider(entraV1Case);
describeProvider(entraListCase);
describeProvider(entraOrganizationsCase);
