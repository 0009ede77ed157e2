// Waiting for something no longer than so many seconds.

const over: unique symbol = Symbol("over");

/** What came of it, or `undefined` once the time is over. The promise itself goes on. */
export async function within<Value>(seconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof over>((resolve) => {
    timer = setTimeout(() => resolve(over), seconds * 1000);
  });
  try {
    const first = await Promise.race([promise, late]);
    return first === over ? undefined : first;
  } finally {
    clearTimeout(timer);
  }
}
