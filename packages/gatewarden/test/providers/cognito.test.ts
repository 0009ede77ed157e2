import { describeProvider } from "./_provider-cases.js";
import { cognitoAudienceCase, cognitoCase } from "./cases/cognito.js";

describeProvider(cognitoCase);
describeProvider(cognitoAudienceCase);
