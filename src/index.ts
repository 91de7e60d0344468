/**
 * The Worker: answers requests, and once a minute has the directory look after what is active, far ends that refuse tried
 * again, observed regions looked at, and metrics written.
 */
import { writeAnalytics } from "./http/admin/analytics.ts";
import { app } from "./http/app.ts";
import type { Env as Bindings } from "./env.ts";
import { directoryOf, farEndsOf } from "./objects.ts";
import { observeAll } from "./trackers/radar/observed.ts";

export { Destinations } from "./destinations/directory/destination-directory.ts";
export { Outbox } from "./destinations/outbox/outbox.ts";
export { Orchestrator } from "./orchestrator/orchestrator.ts";
export { Deployment } from "./trackers/deployment/deployment.ts";
export { FarEnds } from "./trackers/directory/far-ends.ts";
export { Directory } from "./trackers/directory/directory.ts";
export { Gateway } from "./trackers/gateway/gateway.ts";
export { AccountCredentials } from "./trackers/account/account-credentials.ts";
export { Accounts } from "./trackers/account/accounts.ts";
export { Issuer } from "./trackers/account/issuer.ts";
export { Region } from "./trackers/account/region.ts";
export { Board } from "./trackers/radar/board.ts";
export { Relay } from "./trackers/relay/relay.ts";
export { StackTracker } from "./trackers/stack/stack-tracker.ts";
export { Tickets } from "./trackers/gateway/tickets.ts";

export default {
  fetch: app.fetch,
  async scheduled(_controller, env): Promise<void> {
    await Promise.all([
      directoryOf(env).sweep(),
      farEndsOf(env).probe(),
      observeAll(env),
      writeAnalytics(env, Date.now()),
    ]);
  },
} satisfies ExportedHandler<Bindings>;

/** What `cloudflare:workers` gives as `env` and `exports`. */
declare global {
  namespace Cloudflare {
    interface Env extends Bindings {}
    interface GlobalProps {
      mainModule: typeof import("./index.ts");
    }
  }
}
