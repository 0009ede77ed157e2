// The names that a tenant without a configuration has, for shells to complete.
import { defaultConfig } from "../config/defaults.js";

export const personaNames: readonly string[] = Object.keys(defaultConfig.personas);
export const clientNames: readonly string[] = Object.keys(defaultConfig.clients);
