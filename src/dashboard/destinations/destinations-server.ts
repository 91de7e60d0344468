/** The Worker's destinations, with the token of whoever has signed in. */
import { destinationsClient } from "../../client/destinations.ts";
import { socketAccess } from "../server.ts";

export const destinationsServer = destinationsClient(socketAccess);
