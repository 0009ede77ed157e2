// Elysia: `.use(gatewarden(guard))` gives routes the property `auth`, and their handlers `auth`, typed.
import { Elysia } from "elysia";
import { type Auth, AuthError, type Guard, type GuardRequest, type Requirement } from "../index.js";
import { toGuardRequest, toResponse } from "./_fetch.js";
import { createCheck, type NeedOptions } from "./_protect.js";

export type { NeedOptions };
