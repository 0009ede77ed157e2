// Members that other libraries have, and this one calls by another name.

/** The type of a member that has another name here. No value has it. */
export interface UseInstead<Name extends string> {
  readonly [useInstead]: Name;
}
declare const useInstead: unique symbol;

/**
 * The members of a table (foreign name → what to write here) as members that cannot be given. The
 * compiler's error then says, for example: not assignable to `UseInstead<"issuer">`.
 */
export type Misnamed<Names extends Readonly<Record<string, string>>> = {
  readonly [Name in keyof Names]?: UseInstead<Names[Name]>;
};
