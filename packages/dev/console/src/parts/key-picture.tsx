// One bar per key on a common time line: when it was published, and how long its tokens live.
// The list below the picture says the same in words, so the picture is hidden from readers.

export interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly state: "signs" | "verifies" | "withdrawn";
  readonly since: string;
  readonly withdrawn?: string;
  readonly tokens: number;
  readonly until: string | null;
}

/** The part of the width that the past gets, so that it is visible beside tokens that live a day. */
const past = 38;

export function KeyPicture({ keys }: { readonly keys: readonly Key[] }) {
  const now = Date.now();
  const first = Math.min(now - 60_000, ...keys.map(({ since }) => Date.parse(since)));
  const last = Math.max(now + 60_000, ...keys.map(({ until }) => (until === null ? 0 : Date.parse(until))));
  const place = (time: number) =>
    time <= now ? ((time - first) / (now - first)) * past : past + ((time - now) / (last - now)) * (100 - past);
  const states = new Set(keys.map(({ state }) => state));
  return (
    <figure class="card picture">
      <div class="lanes" aria-hidden="true">
        {keys.map((key) => (
          <Lane key={key.kid} of={key} place={place} now={now} />
        ))}
        <div class="lane axis">
          <span />
          <div class="track-line">
            <span class="tick">{toMoment(new Date(first).toISOString())}</span>
            <span class="tick middle" style={{ left: `${past}%` }}>
              now
            </span>
            <span class="tick end">{toMoment(new Date(last).toISOString())}</span>
          </div>
        </div>
      </div>
      <figcaption aria-hidden="true">
        {states.has("signs") && <Mark kind="signs">signs</Mark>}
        {states.has("verifies") && <Mark kind="verifies">only verifies</Mark>}
        {states.has("withdrawn") && <Mark kind="withdrawn">was published</Mark>}
        <Mark kind="rest">its tokens live on</Mark>
        {states.has("withdrawn") && <Mark kind="lost">its tokens fail</Mark>}
      </figcaption>
    </figure>
  );
}

function Mark({ children, kind }: { readonly kind: string; readonly children: string }) {
  return (
    <span class="mark-entry">
      <span class={`legend ${kind}`} />
      {children}
    </span>
  );
}

interface LaneProps {
  readonly of: Key;
  readonly now: number;
  /** A moment as a part of the width, in percent. */
  readonly place: (time: number) => number;
}

function Lane({ now, of: key, place }: LaneProps) {
  const start = place(Date.parse(key.since));
  const stop = place(key.withdrawn ? Date.parse(key.withdrawn) : now);
  const end = key.until === null ? past : place(Date.parse(key.until));
  const from = Math.max(key.withdrawn ? stop : past, start);
  // That of a new key would be hidden by the line at "now".
  const width = Math.max(1.5, stop - start);
  return (
    <div class={`lane ${key.state}`}>
      <code>{key.kid.slice(0, 8)}</code>
      <div class="track-line">
        <span class="used" style={{ left: `${stop - width}%`, width: `${width}%` }} />
        {end > from && <span class="rest" style={{ left: `${from}%`, width: `${end - from}%` }} />}
        <span class="now" style={{ left: `${past}%` }} />
      </div>
    </div>
  );
}

export function toMoment(at: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return isToday ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}
