import { awsAlbCase } from "./_cases/aws-alb.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(awsAlbCase);
