// A Nest application with @nestjs/passport, around either library.
import "reflect-metadata";
import {
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  Req,
  type Type,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { AuthGuard, PassportModule, PassportStrategy } from "@nestjs/passport";
import { type Listening, originOf } from "../../support/listen.js";
import { audience, issuer, secret } from "../_kit.js";
import type { Keys, Library } from "./_configurations.js";

/** What a guard leaves on the request. */
interface Request {
  readonly user?: unknown;
}

interface Payload {
  readonly sub: string;
  readonly role?: string;
}

/** Strategies as Nest's documentation writes them. */
function createStrategies({ Strategy, ExtractJwt, passportJwtSecret }: Library, keys: Keys, prefix: string): Type[] {
  const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken();
  const algorithms = ["RS256" as const];

  @Injectable()
  class Own extends PassportStrategy(Strategy, `${prefix}-own`) {
    constructor() {
      super({ jwtFromRequest, ignoreExpiration: false, secretOrKey: secret });
    }
    async validate(payload: Payload) {
      if (payload.role === "banned") throw new ForbiddenException("banned");
      if (payload.role === "gone") return null;
      if (payload.role === "boom") throw new Error("the database is down");
      return { userId: payload.sub, payload };
    }
  }

  @Injectable()
  class WithRequest extends PassportStrategy(Strategy, `${prefix}-request`) {
    constructor() {
      super({ jwtFromRequest, secretOrKey: secret, passReqToCallback: true });
    }
    validate(request: { readonly url: string }, payload: Payload) {
      return { userId: payload.sub, url: request.url };
    }
  }

  @Injectable()
  class Jwks extends PassportStrategy(Strategy, `${prefix}-jwks`) {
    constructor() {
      const secretOrKeyProvider = passportJwtSecret({ cache: true, rateLimit: true, jwksUri: keys.jwksUri });
      super({ jwtFromRequest, secretOrKeyProvider, audience, issuer, algorithms });
    }
    validate(payload: Payload) {
      return payload;
    }
  }

  @Injectable()
  class Outage extends PassportStrategy(Strategy, `${prefix}-outage`) {
    constructor() {
      const secretOrKeyProvider = passportJwtSecret({ jwksUri: keys.deadUri });
      super({ jwtFromRequest, secretOrKeyProvider, audience, issuer, algorithms });
    }
    validate(payload: Payload) {
      return payload;
    }
  }

  return [Own, WithRequest, Jwks, Outage];
}

function createController(prefix: string): Type {
  /** Says why, as many applications do. */
  class Telling extends AuthGuard(`${prefix}-own`) {
    override handleRequest<User>(
      error: unknown,
      user: User,
      info: Error | undefined,
      _context: ExecutionContext,
    ): User {
      if (error) throw error;
      if (!user) throw new UnauthorizedException({ name: info?.name, message: info?.message });
      return user;
    }
  }

  class Lenient extends AuthGuard(`${prefix}-own`) {
    override handleRequest<User>(_error: unknown, user: User): User {
      return user;
    }
  }

  @Controller()
  class Routes {
    @Get("own")
    @UseGuards(AuthGuard(`${prefix}-own`))
    own(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("telling")
    @UseGuards(Telling)
    telling(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("lenient")
    @UseGuards(Lenient)
    lenient(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("request")
    @UseGuards(AuthGuard(`${prefix}-request`))
    request(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("jwks")
    @UseGuards(AuthGuard(`${prefix}-jwks`))
    jwks(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("outage")
    @UseGuards(AuthGuard(`${prefix}-outage`))
    outage(@Req() request: Request) {
      return { user: request.user };
    }
    @Get("several")
    @UseGuards(AuthGuard([`${prefix}-jwks`, `${prefix}-own`]))
    several(@Req() request: Request) {
      return { user: request.user };
    }
  }
  return Routes;
}

/** Passport has one instance per process: `prefix` keeps the strategies of both apart. */
export async function startNest(library: Library, keys: Keys, prefix: string): Promise<Listening> {
  @Module({
    imports: [PassportModule],
    providers: createStrategies(library, keys, prefix),
    controllers: [createController(prefix)],
  })
  class Application {}
  const app = await NestFactory.create(Application, { logger: false });
  await app.listen(0, "127.0.0.1");
  return { origin: originOf(app.getHttpServer()), close: () => app.close() };
}
