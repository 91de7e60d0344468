/** Asks the browser for a notification at the end of the run. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { SignMark } from "../../elements/mark.tsx";
import { hasRunEnded } from "../../../domain/words/status-words.ts";
import { endNotice, hasNotifications, switchEndNotice } from "./end-notice.ts";

const WORDS = {
  off: "Notify me",
  on: "Notifies you",
  denied: "Notifications are blocked",
} as const;

export const NoticeSwitch = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => {
  if (!hasNotifications() || hasRunEnded(progress.status)) return null;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={endNotice.value === "on"}
      disabled={endNotice.value === "denied"}
      onClick={() => void switchEndNotice()}
    >
      <SignMark sign="bell" />
      {WORDS[endNotice.value]}
    </button>
  );
};
