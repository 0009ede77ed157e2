import { describeProvider } from "./_provider-cases.js";
import { firebaseCase } from "./cases/firebase.js";

describeProvider(firebaseCase);
