/** The frame of every page, and the page that the address names, which is loaded when it is opened. */
import { lazy } from "./elements/lazy.tsx";
import { SignMark } from "./elements/mark.tsx";
import { useState } from "preact/hooks";
import { queryValue, route } from "./address.ts";
import { Announcements } from "./shell/announcements.tsx";
import { ConnectionBadge } from "./shell/connection-badge.tsx";
import { mayActAs, signInReason } from "./session.ts";
import { stackPath } from "./route.ts";
import { PALETTE_KEY, useKeys } from "./shell/keys.ts";
import { SettingsMenu } from "./shell/settings-menu.tsx";

const DeploymentPage = lazy(async () => (await import("./deployment/deployment-page.tsx")).DeploymentPage);

const DeploymentsPage = lazy(
  async () => (await import("./deployments/deployments-page.tsx")).DeploymentsPage,
);

const StackPage = lazy(async () => (await import("./stack/stack-page.tsx")).StackPage);
const StacksPage = lazy(async () => (await import("./stacks/stacks-page.tsx")).StacksPage);
const DestinationsPage = lazy(
  async () => (await import("./destinations/destinations-page.tsx")).DestinationsPage,
);

const AccountsPage = lazy(async () => (await import("./accounts/accounts-page.tsx")).AccountsPage);
const OperationsPage = lazy(async () => (await import("./operations/operations-page.tsx")).OperationsPage);
const DocsPage = lazy(async () => (await import("./docs/docs-page.tsx")).DocsPage);

const NotFoundPage = lazy(async () => (await import("./shell/not-found-page.tsx")).NotFoundPage);

const InstallTroubles = lazy(
  async () => (await import("./shell/install-troubles.tsx")).InstallTroubles,
  null,
);

const Help = lazy(async () => (await import("./shell/help.tsx")).Help, null);

const CommandPalette = lazy(async () => (await import("./shell/palette.tsx")).CommandPalette, null);

const SignIn = lazy(async () => (await import("./shell/sign-in.tsx")).SignIn, null);

const Page = () => {
  const shown = route.value;
  switch (shown.page) {
    case "deployments":
      return <DeploymentsPage />;
    case "deployment": {
      const { deploymentId, environment } = shown;
      return (
        <DeploymentPage
          key={`${deploymentId}/${environment}`}
          deploymentId={deploymentId}
          environment={environment}
        />
      );
    }
    case "stack": {
      const { page: _page, ...address } = shown;
      return <StackPage key={stackPath(address)} {...address} />;
    }
    case "stacks":
      return <StacksPage />;
    case "destinations":
      return <DestinationsPage />;
    case "accounts":
      return <AccountsPage />;
    case "operations":
      return <OperationsPage />;
    case "docs":
      return <DocsPage />;
    case "unknown":
      return <NotFoundPage />;
  }
};

const Navigation = () => {
  const { page } = route.value;
  const at = (...pages: readonly string[]) => (pages.includes(page) ? "page" : undefined);
  return (
    <nav aria-label="Pages">
      <a href="/" aria-current={at("deployments", "deployment")}>
        Deployments
      </a>
      <a href="/stacks" aria-current={at("stacks", "stack")}>
        Stacks
      </a>
      <a href="/destinations" aria-current={at("destinations")}>
        Destinations
      </a>
      {mayActAs("admin") && (
        <a href="/accounts" aria-current={at("accounts")}>
          Accounts
        </a>
      )}
    </nav>
  );
};

export const App = () => {
  const [over, setOver] = useState<"" | "help" | "palette">("");
  const kiosk = queryValue("kiosk") === "1";
  const close = (): void => setOver("");
  useKeys({
    "?": { does: "Show the keys", run: () => setOver("help") },
    [PALETTE_KEY]: { does: "Go anywhere, do anything (also Ctrl K)", run: () => setOver("palette") },
  });
  return (
    <div class={kiosk ? "app kiosk" : "app"}>
      <a class="skip button" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M3 5h14M3 10h9M3 15h5" />
          </svg>
          Stackcast
        </a>
        <Navigation />
        <ConnectionBadge />
        <button
          type="button"
          class="button plain icon"
          aria-label="Go to …"
          title={`Go to … (${PALETTE_KEY})`}
          onClick={() => setOver("palette")}
        >
          <SignMark sign="search" />
        </button>
        <SettingsMenu onHelp={() => setOver("help")} />
      </header>
      <main id="main" tabIndex={-1}>
        <InstallTroubles />
        <Page />
      </main>
      <Announcements />
      {signInReason.value !== undefined && <SignIn />}
      {over === "help" && <Help onClose={close} />}
      {over === "palette" && <CommandPalette onClose={close} />}
    </div>
  );
};
