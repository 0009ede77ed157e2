// What the page can ask the API for.
export interface Call {
  readonly path: string;
  readonly needs: string;
}

export const calls: readonly Call[] = [
  { path: "/api/public", needs: "nothing" },
  { path: "/api/private", needs: "a valid token" },
  { path: "/api/admin", needs: "the permission read:admin" },
  { path: "/api/payout", needs: "a fresh login with a second factor" },
];
