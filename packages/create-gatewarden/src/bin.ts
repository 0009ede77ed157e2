#!/usr/bin/env node
// The command `create-gatewarden`, which `npm create gatewarden` runs.
import process from "node:process";
import { createProcessIo } from "./io.js";
import { runCommand } from "./run.js";

process.exitCode = await runCommand("create", process.argv.slice(2), createProcessIo());
