// The certificate of `gatewarden dev --https` is renewed while the tenant runs: real handshakes, and
// a clock that the test moves.
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createTenant, type Tenant } from "../../src/index.js";

const [minute, day] = [60_000, 86_400_000];

beforeEach(() => {
  // Sockets and their time limits stay real.
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  // OpenSSL has the real clock: it is four days later.
  vi.setSystemTime(Date.now() - 4 * day);
});
afterEach(() => void vi.useRealTimers());

async function start(): Promise<Tenant> {
  const tenant = await createTenant({ port: 0, https: true });
  onTestFinished(() => tenant.close());
  return tenant;
}

/** A handshake that knows the tenant's authority alone, and goes on if it does not trust. */
function open({ authority, port }: Tenant): Promise<TLSSocket> {
  const options = { host: "127.0.0.1", port, ca: authority?.certificate ?? "", rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => resolve(socket));
    socket.once("error", reject);
    onTestFinished(() => void socket.destroy());
  });
}

async function shakeHands(tenant: Tenant) {
  const socket = await open(tenant);
  const { raw, serialNumber, subjectaltname: names, valid_from: from, valid_to: to } = socket.getPeerCertificate();
  socket.end();
  const { publicKey } = new X509Certificate(tenant.authority?.certificate ?? "");
  expect(new X509Certificate(raw).verify(publicKey)).toBe(true);
  return { serialNumber, names, from: Date.parse(from), to: Date.parse(to), isTrusted: socket.authorized };
}

/** As after a sleep: timers have stood still, and the clock has not. */
function sleepFor(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
  vi.advanceTimersByTime(minute);
}

describe("The certificate of a running tenant", () => {
  test("is another one, trusted and with the same names, before the half of its week is over", async () => {
    const tenant = await start();
    const first = await shakeHands(tenant);
    vi.advanceTimersByTime(3 * day);
    expect(await shakeHands(tenant)).toEqual(first);
    vi.advanceTimersByTime(day);
    const second = await shakeHands(tenant);
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect([second.names, second.isTrusted]).toEqual([first.names, true]);
    expect(second.to - first.to).toBeGreaterThan(3 * day);
    expect(second.to - second.from).toBe(first.to - first.from);
  });

  test("serves connections of before as well", async () => {
    const tenant = await start();
    const socket = await open(tenant);
    vi.advanceTimersByTime(4 * day);
    socket.write("GET /dev HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("never has less than three days left, for as long as the tenant runs", async () => {
    const tenant = await start();
    const seen = new Set<string>();
    for (let days = 0; days < 28; days += 2) {
      const { serialNumber, to } = await shakeHands(tenant);
      expect(to - Date.now()).toBeGreaterThan(3 * day);
      seen.add(serialNumber);
      vi.advanceTimersByTime(2 * day);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  test("is renewed within a minute after a laptop has slept for longer than it lasts", async () => {
    const tenant = await start();
    const first = await shakeHands(tenant);
    sleepFor(20 * day);
    const second = await shakeHands(tenant);
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect(second.to).toBeGreaterThan(Date.now() + 6 * day);
  });

  test("is renewed when the clock was set back to before it begins", async () => {
    const tenant = await start();
    const first = await shakeHands(tenant);
    sleepFor(-minute);
    expect((await shakeHands(tenant)).serialNumber).toBe(first.serialNumber);
    sleepFor(-2 * day);
    const { from, to } = await shakeHands(tenant);
    expect([from < Date.now(), to > Date.now()]).toEqual([true, true]);
  });

  test("is renewed no more once the tenant has closed", async () => {
    const tenant = await createTenant({ port: 0, https: true });
    const before = vi.getTimerCount();
    await tenant.close();
    expect(vi.getTimerCount()).toBe(before - 1);
  });
});
