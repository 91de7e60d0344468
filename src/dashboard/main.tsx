/** The page's beginning: takes the token out of the address, and draws what the address names. */
import { render } from "preact";
import { followAddress, route } from "./address.ts";
import { App } from "./app.tsx";
import { followPreferences } from "./preferences.ts";
import { prepareSocket } from "./server.ts";
import { takeTokenFromAddress } from "./session.ts";

takeTokenFromAddress();
const { page } = route.value;
if (!["destinations", "accounts", "docs", "unknown"].includes(page)) prepareSocket();
followAddress();
followPreferences();
render(<App />, document.body);
void import("./who.ts").then(({ findPerson }) => findPerson());
