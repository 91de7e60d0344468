/** The form body of a Query request, with its flattened lists and structures. */
import { validationError } from "./refusal.ts";

/** Reads by name; what was not sent is undefined or empty. */
export class QueryParameters {
  readonly #form: URLSearchParams;
  readonly #infix: string;

  /** `infix` stands between a list's name and an index: nothing in EC2's dialect. */
  constructor(body: string, infix: "member." | "" = "member.") {
    this.#form = new URLSearchParams(body);
    this.#infix = infix;
  }

  /** Absent and empty are the same. */
  get(name: string): string | undefined {
    return this.#form.get(name) || undefined;
  }

  required(name: string): string {
    const value = this.get(name);
    if (value !== undefined) return value;
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw validationError(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : value === "true";
  }

  /** `Capabilities.member.1`, … */
  list(name: string): readonly string[] {
    return this.#indexed(name).map((key) => this.#form.get(key) ?? "");
  }

  /** Whether the list was sent at all. */
  has(name: string): boolean {
    return [...this.#form.keys()].some((key) => key === name || key.startsWith(`${name}.`));
  }

  /** `Parameters.member.1.ParameterKey`, …: one reader a structure. */
  structures(name: string): readonly ((field: string) => string | undefined)[] {
    return this.#indexed(name).map((key) => (field) => this.#form.get(`${key}.${field}`) ?? undefined);
  }

  #indexed(name: string): readonly string[] {
    const prefix = `${name}.${this.#infix}`;
    const indexes = new Set<number>();
    for (const key of this.#form.keys()) {
      if (key.startsWith(prefix)) indexes.add(Number.parseInt(key.slice(prefix.length), 10));
    }
    return [...indexes].sort((one, other) => one - other).map((index) => prefix + index);
  }
}
