// One value per set of attributes.
import type { Attributes } from "@opentelemetry/api";

/** Values by attributes. */
export interface Cells<Value> {
  at(attributes?: Attributes): Value;
  all(): readonly (readonly [Attributes, Value])[];
}

const none: Attributes = Object.freeze({});
/** Beyond as many sets as the SDK allows all others share one, under the name that it gives it. */
const maxSets = 2000;
const overflow: Attributes = Object.freeze({ "otel.metric.overflow": true });

/** Equal attributes have one value. Frozen ones are recognised by themselves, the fastest way. */
export function createCells<Value>(create: () => Value): Cells<Value> {
  const byKey = new Map<string, readonly [Attributes, Value]>();
  const byIdentity = new WeakMap<Attributes, Value>();
  const find = (attributes: Attributes): Value => {
    const key = toKey(attributes);
    const known = byKey.get(key);
    if (known !== undefined) return known[1];
    if (byKey.size >= maxSets - 1 && attributes !== overflow) return find(overflow);
    const value = create();
    byKey.set(key, [Object.freeze({ ...attributes }), value]);
    return value;
  };
  return {
    at(attributes = none) {
      const recognised = byIdentity.get(attributes);
      if (recognised !== undefined) return recognised;
      const value = find(attributes);
      if (Object.isFrozen(attributes)) byIdentity.set(attributes, value);
      return value;
    },
    all: () => [...byKey.values()],
  };
}

function toKey(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)));
}
