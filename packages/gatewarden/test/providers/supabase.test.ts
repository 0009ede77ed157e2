import { describeProvider } from "./_provider-cases.js";
import { supabaseCase, supabaseSecretCase } from "./cases/supabase.js";

describeProvider(supabaseCase);
describeProvider(supabaseSecretCase);
