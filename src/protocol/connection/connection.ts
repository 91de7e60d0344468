/** Constants of a connection that both ends must know; without schemas, so that a page need not carry them. */

/** Offered and selected as WebSocket subprotocol by clients of the recovery protocol. */
export const SUBPROTOCOL = "stackcast.v1";

/** The runtime answers this text, byte for byte, without waking the object. */
export const PING = '{"action":"ping"}';
export const PONG = '{"type":"pong"}';

/** Longest frame that a client may send, in UTF-8 bytes. */
export const MAX_CLIENT_FRAME_BYTES = 64 * 1024;

/** Bounds of one `batch` frame. */
export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 256 * 1024;

/** Most channels of one socket of `/ws`. */
export const MAX_SUBSCRIPTIONS = 100;

/** A socket of `/ws` that has not subscribed to anything by then is closed. */
export const SUBSCRIBE_WITHIN_SECONDS = 10;
