// The authorization revision 2026-07-28 and the transport's rules, on the second SDK's handler, and
// batches and sessions on the first SDK's transport.
import { createServer } from "node:http";
import { Client } from "@modelcontextprotocol/client";
