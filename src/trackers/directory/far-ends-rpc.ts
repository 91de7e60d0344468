/** What the object that looks after far ends can be asked. What each call does stands with its implementation, `FarEnds`. */
import type { PlatformQuota } from "../../domain/failure/platform-quota.ts";
import type { FarEnd, Refusing } from "../../protocol/rpc/far-end.ts";

export interface FarEndsRpc {
  report(farEnd: FarEnd, name: string, why: Readonly<{ code: string; evidence: string }>): Promise<void>;
  refusing(): Promise<readonly Refusing[]>;
  noteTrouble(trouble: "credentials" | "alarms", code: string): Promise<void>;
  probe(): Promise<void>;
  quota(): Promise<PlatformQuota | undefined>;
}
