// Drawn on a grid of 16, in the colour of the text. Always beside words, so hidden from readers.

const paths: Readonly<Record<string, string>> = {
  mark: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6",
  try: "M5 3.5v9l7-4.5z",
  token: "M6 10.5a3 3 0 1 1 2.6-4.5H14v3h-1.5v2h-2V9H8.6A3 3 0 0 1 6 10.5M6 7.4v.2",
  explain: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9m3.3 7.8 3.4 3.4",
  faults: "M8 2.5 14 13H2zM8 6.5v3m0 1.6v.2",
  keys: "M4 7.5h8V13H4zM5.5 7.5V5.4a2.5 2.5 0 0 1 5 0v2.1M8 9.6v1.4",
  live: "M2 8h3l2-4.5 2.5 9L11.5 8H14",
  sessions: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11m0 2.5v3.2l2.2 1.6",
  people:
    "M6 7.6a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6M2 13c.2-2.4 1.8-3.6 4-3.6s3.8 1.2 4 3.6M10.8 7.4a2 2 0 1 0-.6-3.9M11.8 9.6c1.4.4 2.1 1.5 2.2 3.2",
};

export function Icon({ name }: { readonly name: string }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name] ?? ""} />
    </svg>
  );
}
