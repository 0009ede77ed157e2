// Loads `.env` of the working directory. Must be the first import of the entry: what is imported after it may read the environment.
// What the environment already holds wins over the file, and a missing file is fine.
try {
  process.loadEnvFile();
} catch (error) {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  if (!isMissing) throw error;
}
