// The messages of proto/ext_authz.proto as @grpc/proto-loader gives and takes them. A field that
// Envoy did not send is undefined.

/** What Envoy asks. */
export interface CheckRequest {
  readonly attributes?: {
    readonly source?: Peer | null;
    readonly request?: { readonly http?: HttpAttributes | null } | null;
  } | null;
}

/** Envoy's own view of the connection that the request came by. */
export interface Peer {
  readonly address?: { readonly socket_address?: { readonly address?: Buffer } | null } | null;
  /** URL-encoded PEM, with `include_peer_certificate`. */
  readonly certificate?: Buffer;
}

/** The client's request. */
export interface HttpAttributes {
  readonly method?: Buffer;
  readonly path?: Buffer;
  readonly host?: Buffer;
  readonly scheme?: Buffer;
  readonly body?: Buffer;
  readonly raw_body?: Buffer;
  /** Headers of one name joined by commas. */
  readonly headers?: readonly ReceivedHeader[];
  /** Each header as it came, with `encode_raw_headers`. */
  readonly header_map?: { readonly headers?: readonly ReceivedHeader[] } | null;
}

/** A header of the client's request. */
export interface ReceivedHeader {
  readonly key?: Buffer;
  readonly value?: Buffer;
  readonly raw_value?: Buffer;
}

/** What Envoy is told. */
export interface CheckResponse {
  /** 0 lets the request pass. */
  readonly status: { readonly code: number };
  readonly ok_response?: {
    /** For the upstream. */
    readonly headers: readonly SetHeader[];
    readonly headers_to_remove: readonly string[];
    /** For the client. */
    readonly response_headers_to_add: readonly SetHeader[];
  };
  readonly denied_response?: {
    readonly status: { readonly code: number };
    readonly headers: readonly SetHeader[];
    readonly body: string;
  };
}

/** A header that replaces every one of its name. */
export interface SetHeader {
  readonly header: { readonly key: string; readonly value: string };
  readonly append: { readonly value: boolean };
  readonly append_action: number;
}
