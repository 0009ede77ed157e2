// The events of `GET /dev/feed`, as they happen.
import { useEffect, useState } from "preact/hooks";

export interface FeedEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly [member: string]: unknown;
}

const kept = 300;

/** The newest first. */
export function useFeed(): { readonly events: readonly FeedEvent[]; readonly isOpen: boolean } {
  const [events, setEvents] = useState<readonly FeedEvent[]>([]);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const source = new EventSource("/dev/feed");
    source.onopen = () => setOpen(true);
    source.onerror = () => setOpen(false);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as FeedEvent;
      // A connection that was lost may bring some events twice.
      setEvents((old) => [event, ...old.filter(({ id }) => id !== event.id)].slice(0, kept));
    };
    return () => source.close();
  }, []);
  return { events, isOpen };
}

export function textOf(event: FeedEvent, member: string): string {
  const value = event[member];
  return typeof value === "string" ? value : "";
}

export function numberOf(event: FeedEvent, member: string): number | undefined {
  const value = event[member];
  return typeof value === "number" ? value : undefined;
}

export function toClock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}
