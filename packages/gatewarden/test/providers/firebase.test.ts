import { firebaseCase } from "./_cases/firebase.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(firebaseCase);
