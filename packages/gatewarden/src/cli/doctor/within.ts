// Waits for a promise for a limited number of seconds.

const over: unique symbol = Symbol("over");

/** The promise's value, or `undefined` after the time limit. The promise itself continues. */
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
