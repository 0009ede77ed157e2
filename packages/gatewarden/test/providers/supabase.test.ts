import { supabaseCase, supabaseSecretCase } from "./_cases/supabase.js";
import { describeProvider } from "./_provider-cases.js";

describeProvider(supabaseCase);
describeProvider(supabaseSecretCase);
