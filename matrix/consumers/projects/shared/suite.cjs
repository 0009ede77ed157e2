// What both Jest projects test, however the library was loaded.
const { issue, options } = require("./token.cjs");

exports.describeGuard = ({ AuthError, createGuard, permission }) => {
  const guard = createGuard(options);

  test("a token is verified", async () => {
    const auth = await guard.verify(issue({ permissions: ["read:admin"] }), permission("read:admin"));
    expect(auth).toMatchObject({ subject: "user|1", permissions: ["read:admin"] });
  });

  test("a refusal is an AuthError, in Jest's own realm too", async () => {
    const refused = await guard.verify(issue({ aud: "https://other" })).catch((error) => error);
    expect(refused).toBeInstanceOf(AuthError);
    expect(refused.reason).toBe("audience_mismatch");
  });

  return guard;
};
