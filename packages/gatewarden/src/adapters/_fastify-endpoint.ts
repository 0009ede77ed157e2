// Fastify: an endpoint of `gatewarden/logout` or `gatewarden/signals`, as a plugin with one route.
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import type { Endpoint } from "../endpoint/endpoint.js";
import { closeUnread, toEndpointRequest } from "./_serve-node.js";

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `app.register(serveEndpoint(logout, "/backchannel-logout"))`. The route needs no token of the
 * plugin's own, whatever `auth` other routes have by default: the endpoint itself checks what its
 * caller sends.
 */
export function createEndpointPlugin(endpoint: Endpoint, path: string): FastifyPluginCallback {
  return (app, _options, done) => {
    // Only here: the endpoint reads the body itself, of any type, within its own bound.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    app.route({ method: ["GET", "POST", "OPTIONS"], url: path, auth: false, handler: toHandler(endpoint) });
    done();
  };
}

function toHandler(endpoint: Endpoint) {
  return async ({ raw, originalUrl, body }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { status, headers, body: text } = await endpoint.handle(toEndpointRequest(raw, originalUrl, body));
    closeUnread(raw, reply.raw);
    return reply
      .code(status)
      .headers(headers as Record<string, string | string[]>)
      .send(text);
  };
}
