// Nest: handlers for which Nest runs no global guard. The module's guard is attached there, or the
// application does not start.
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional, Scope } from "@nestjs/common";
import type { ModuleRef, ModulesContainer } from "@nestjs/core";
import { ConfigError } from "../index.js";
import { requireCheckedFields } from "./_nest-fields.js";
import { GatewardenGuard } from "./_nest-guard.js";
import { documentByDefault, listMethods } from "./_nest-need.js";

type NestModule = ModulesContainer extends Map<string, infer One> ? One : never;

const guardsKey = "__guards__";
const gatewayKey = "websockets:is_gateway";
const messageKey = "microservices:handler_type";

/**
 * Attached to a class, which all applications of a process share. In an application without the
 * module it checks nothing, as if it were absent.
 */
class AttachedGuard implements CanActivate {
  readonly #guard: CanActivate | undefined;

  constructor(guard?: CanActivate) {
    this.#guard = guard;
  }

  canActivate(context: ExecutionContext): ReturnType<CanActivate["canActivate"]> {
    return this.#guard ? this.#guard.canActivate(context) : true;
  }
}
Injectable()(AttachedGuard);
Optional()(AttachedGuard, undefined, 0);
Inject(GatewardenGuard)(AttachedGuard, undefined, 0);

/**
 * Nest 11 runs no global guard for gateways. No version runs one for the messages of a microservice
 * that is connected without `inheritAppConfig: true`. A declared protection that never runs is
 * CWE-862. So the guard is attached to classes with such handlers while Nest creates providers:
 * gateways and microservices read guards after that. A call for which both guards run is checked
 * once.
 */
export class GuardReach {
  readonly #modules: ModulesContainer;
  readonly #own: ModuleRef;

  constructor(modules: ModulesContainer, own: ModuleRef) {
    this.#modules = modules;
    this.#own = own;
    const guard = new AttachedGuard({ canActivate: (context) => this.#find().canActivate(context) });
    for (const module of modules.values()) {
      attachGuard(module, guard);
      for (const { metatype } of module.controllers.values()) if (metatype) documentByDefault(metatype);
    }
  }

  /**
   * Finds the guard, or its replacement in a test. Throws, and so refuses the call, if there is no
   * instance.
   */
  #find(): CanActivate {
    return this.#own.get<CanActivate>(GatewardenGuard);
  }

  onModuleInit(): void {
    // Nest versions differ: some silently drop such a guard.
    if (this.#own.introspect(GatewardenGuard).scope !== Scope.DEFAULT) throw new ConfigError(scoped);
    requireCheckedFields([...this.#modules.values()]);
  }
}

function attachGuard(module: NestModule, guard: AttachedGuard): void {
  // `@UseGuards(GatewardenGuard)`: uses the module's guard or its replacement, unless it was
  // replaced itself.
  const named = module.injectables.get(GatewardenGuard)?.metatype === GatewardenGuard;
  if (named) module.addInjectable({ provide: GatewardenGuard, useValue: guard } as never, "guard");
  const hosts = listClasses(module).filter(hasMessages);
  if (hosts.length === 0) return;
  module.addInjectable({ provide: AttachedGuard, useValue: guard } as never, "guard");
  for (const host of hosts) {
    const guards: readonly unknown[] = Reflect.getMetadata(guardsKey, host) ?? [];
    // First, as global guards are: later guards may call `readAuth`.
    if (!guards.includes(AttachedGuard)) Reflect.defineMetadata(guardsKey, [AttachedGuard, ...guards], host);
  }
}

function listClasses({ providers, controllers }: NestModule): object[] {
  const wrappers = [...providers.values(), ...controllers.values()];
  return wrappers.flatMap(({ metatype }) => (typeof metatype === "function" ? [metatype] : []));
}

function hasMessages(host: object): boolean {
  if (Reflect.hasMetadata(gatewayKey, host)) return true;
  return listMethods(host).some(({ method }) => Reflect.hasMetadata(messageKey, method));
}

const scoped = {
  option: "GatewardenModule.forRootAsync()",
  problem: "depends on a request-scoped provider, so that Nest would run the guard for no handler",
  example: "inject: [ConfigService]",
};
