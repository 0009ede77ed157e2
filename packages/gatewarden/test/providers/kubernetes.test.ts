import { kubernetesCase, kubernetesPublicCase } from "./_cases/kubernetes.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(kubernetesCase);
describeProvider(kubernetesPublicCase);
