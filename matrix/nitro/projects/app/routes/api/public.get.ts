// biome-ignore lint/style/noDefaultExport: Nitro reads the default export.
export default () => ({ message: "Public endpoint" });
