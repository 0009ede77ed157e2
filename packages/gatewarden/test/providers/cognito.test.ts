import { cognitoAudienceCase, cognitoCase } from "./_cases/cognito.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(cognitoCase);
describeProvider(cognitoAudienceCase);
