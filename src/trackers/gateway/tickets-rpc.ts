/** What the object that keeps the install's secret can be asked. What the call does stands with its implementation, `Tickets`. */
export interface TicketsRpc {
  secret(): Promise<string>;
}
