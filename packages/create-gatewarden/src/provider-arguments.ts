// Arguments that several providers take.
import type { ArgumentRow } from "./provider-row.js";

export const audience = (example = "https://api.acme.com"): ArgumentRow => ({
  name: "audience",
  question: "This API's identifier there (audience)",
  example,
});
export const domain = (example: string): ArgumentRow => ({ name: "domain", question: "Its domain", example });
export const url = (example: string): ArgumentRow => ({ name: "url", question: "The address of the server", example });
export const optional = (row: ArgumentRow): ArgumentRow => ({ ...row, isOptional: true });
export const proxy: ArgumentRow = {
  name: "proxy",
  question: "The addresses of the proxy in front, which alone may set the header",
  example: "10.0.0.0/8",
};

export const guid = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
export const apiId = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
export const tenant: ArgumentRow = { name: "tenant", question: "The tenant's id", example: guid };
