/** A notification of the browser's at the end of a run; asked for only when the reader presses its button. */
import { signal } from "@preact/signals";

/** `denied`: the browser does not let us. */
export const endNotice = signal<"off" | "on" | "denied">("off");

/** Whether the browser has notifications at all. */
export const hasNotifications = (): boolean => "Notification" in globalThis;

/** Switches it; the browser may ask its reader. */
export const switchEndNotice = async (): Promise<void> => {
  if (endNotice.value === "on") {
    endNotice.value = "off";
    return;
  }
  const permission = await Notification.requestPermission();
  endNotice.value = permission === "granted" ? "on" : "denied";
};

/** Tells the end of a run if that is wanted; `tag`: what it is about, so that two tabs tell it once. */
export const notifyEnd = (title: string, body: string, tag: string): void => {
  if (endNotice.value !== "on") return;
  const notification = new Notification(title, { body, tag });
  notification.addEventListener("click", () => {
    focus();
    notification.close();
  });
};
