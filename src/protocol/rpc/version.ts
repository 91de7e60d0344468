/**
 * The version of what our own objects say to each other. Two releases may talk for a while: fields are added and never
 * change their meaning. Where a newer object has said what an older one cannot read, that is put off and not passed over.
 */

/** Raised with each kind of frame or message that the release before cannot read. */
export const RPC_VERSION = 1;

/** Whether something comes from a later release. Absent: from one before versions were said. */
export const isFromLater = (version: number | undefined): boolean => (version ?? 0) > RPC_VERSION;
