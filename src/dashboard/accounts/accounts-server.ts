/** The Worker's accounts, with the token of whoever has signed in. A check asks AWS for each right in each region. */
import { accountsClient } from "../../client/accounts.ts";
import { socketAccess } from "../server.ts";

export const accountsServer = accountsClient({ ...socketAccess, timeoutMs: 120_000 });
