/** What a page follows is open as long as the page is drawn, and its connection is the one that the page tells of. */
import { useEffect, useLayoutEffect } from "preact/hooks";
import { token } from "../session.ts";
import { shownConnection, type LiveConnection } from "./live-connection.ts";

type Followed = Readonly<{
  connection: LiveConnection;
  open(): void;
  close(): void;
  /** Tries at once if it is about to try. */
  hurry: () => void;
}>;

/** Opened again for whoever signs in again; hurried when the network or the reader is back. */
export const useOpen = (followed: Followed): void => {
  const signedIn = token.value;
  // Before the page is painted: what it follows takes longer to come.
  useLayoutEffect(() => {
    followed.open();
    shownConnection.value = { connection: followed.connection, reconnect: () => followed.open() };
    return () => {
      followed.close();
      shownConnection.value = undefined;
    };
  }, [signedIn]);
  useEffect(() => {
    addEventListener("online", followed.hurry);
    document.addEventListener("visibilitychange", followed.hurry);
    return () => {
      removeEventListener("online", followed.hurry);
      document.removeEventListener("visibilitychange", followed.hurry);
    };
  }, []);
};
