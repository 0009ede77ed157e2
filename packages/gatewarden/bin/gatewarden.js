#!/usr/bin/env node
// The command `gatewarden`. Not built: npm links it at installation, before there is a build.
import "../dist/cli/bin.js";
