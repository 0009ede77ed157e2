// Keys that a runtime's cryptography does not take although ours could: such a key is ignored, as any unusable one, and lets nobody in.

/** What a runtime decides about a case instead. */
export interface Stricter {
  readonly runtime: RegExp;
  readonly case: string;
  readonly verdict: string;
  readonly why: string;
}

const ignored = (runtime: RegExp, why: string, cases: readonly string[]): readonly Stricter[] =>
  cases.map((name) => ({ runtime, case: `key: ${name}`, verdict: "key_unknown", why }));

export const stricter: readonly Stricter[] = [
  ...ignored(/^Deno/, "takes RSA moduli of at most 4,096 bits", ["RSA of 8192 bits", "RSA of 16384 bits"]),
  ...ignored(/^Deno/, "takes no modulus that can be no product of primes", ["RSA with an even n"]),
  ...ignored(/^Deno/, "takes exponents of at most 64 bits", ["RSA with an exponent of 65 bits"]),
  ...ignored(/^Deno$/, "looks whether x belongs to a point", ["Ed25519 that is no point"]),
  ...ignored(/^workerd/, "takes exponents of at most 31 bits", [
    ...["RSA with an exponent of 32 bits", "RSA with an exponent of 33 bits", "RSA with an exponent of 65 bits"],
  ]),
];
