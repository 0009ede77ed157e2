// Detects RSA keys that Infineon's library made on smart cards, TPMs and tokens until 2017, and
// that can be factored (ROCA, CVE-2017-15361).

/** Primes modulo which the powers of 65537 do not cover every residue. */
const primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

const powers: readonly (readonly [bigint, ReadonlySet<number>])[] = primes.map((prime) => {
  const found = new Set<number>();
  for (let power = 1; !found.has(power); power = (power * 65_537) % prime) found.add(power);
  return [BigInt(prime), found];
});

/**
 * Whether the modulus has the fingerprint: both of its primes are a power of 65537 modulo each
 * small prime, and so is their product. One in 240 million other moduli matches by chance.
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return powers.every(([prime, found]) => found.has(Number(modulus % prime)));
}
