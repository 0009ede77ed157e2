import { describeProvider } from "./_provider-cases.js";
import { awsAlbCase } from "./cases/aws-alb.js";

describeProvider(awsAlbCase);
