// What Nest applications write with @nestjs/passport, passport-jwt 4 and jwks-rsa.
import { Injectable } from "@nestjs/common";
import { AuthGuard, PassportStrategy } from "@nestjs/passport";
import { passportJwtSecret } from "jwks-rsa";
import { ExtractJwt, Strategy, type StrategyOptionsWithRequest } from "passport-jwt";

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      ignoreExpiration: false,
      secretOrKey: "a secret of this application, long enough",
    });
  }
  async validate(payload: { sub: string; username: string }) {
    return { userId: payload.sub, username: payload.username };
  }
}

@Injectable()
export class JwksStrategy extends PassportStrategy(Strategy, "jwks") {
  constructor() {
    super({
      secretOrKeyProvider: passportJwtSecret({
        cache: true,
        rateLimit: true,
        jwksRequestsPerMinute: 5,
        jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json",
      }),
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      audience: "https://api.acme.com",
      issuer: "https://acme.eu.auth0.com/",
      algorithms: ["RS256"],
    });
  }
  validate(payload: unknown): unknown {
    return payload;
  }
}

@Injectable()
export class RequestStrategy extends PassportStrategy(Strategy, "request") {
  constructor() {
    const options: StrategyOptionsWithRequest = {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: "a secret of this application, long enough",
      passReqToCallback: true,
    };
    super(options);
  }
  validate(request: { url: string }, payload: { sub: string }) {
    return { url: request.url, id: payload.sub };
  }
}

@Injectable()
export class JwtAuthGuard extends AuthGuard("jwt") {}
