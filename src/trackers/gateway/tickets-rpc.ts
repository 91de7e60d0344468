/** What the object that keeps tickets can be asked. What each call does stands with its implementation, `Tickets`. */
import type { Session } from "../../protocol/connection/session.ts";
import type { Ticket } from "../../protocol/connection/ticket.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";

export interface TicketsRpc {
  issue(session: Session): Promise<Result<Ticket, Failure>>;
  secret(): Promise<string>;
  redeem(ticket: string): Promise<Result<Session, Failure>>;
}
