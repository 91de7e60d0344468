/** The page's beginning: takes the token out of the address, and draws what the address names. */
import { render } from "preact";
import { followAddress } from "./address.ts";
import { App } from "./app.tsx";
import { followPreferences } from "./preferences.ts";
import { takeTokenFromAddress } from "./session.ts";

takeTokenFromAddress();
followAddress();
followPreferences();
render(<App />, document.body);
