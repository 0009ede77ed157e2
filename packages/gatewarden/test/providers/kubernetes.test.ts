import { describeProvider } from "./_provider-cases.js";
import { kubernetesCase, kubernetesPublicCase } from "./cases/kubernetes.js";

describeProvider(kubernetesCase);
describeProvider(kubernetesPublicCase);
