/** The menu of settings; what is in it is loaded when it is first opened. */
import { lazy } from "../elements/lazy.tsx";
import { Menu } from "../elements/menu.tsx";
import { SignMark } from "../elements/mark.tsx";

const SettingsSheet = lazy(async () => (await import("./settings.tsx")).SettingsSheet, null);

export const SettingsMenu = ({ onHelp }: Readonly<{ onHelp: () => void }>) => (
  <Menu label="Settings" class="button plain icon" face={<SignMark sign="settings" />}>
    {(close) => <SettingsSheet close={close} onHelp={onHelp} />}
  </Menu>
);
