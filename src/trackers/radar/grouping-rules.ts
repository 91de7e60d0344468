/** The grouping rules as they are kept, each change with a version of its own. */
import { Row } from "../../channel/rows.ts";
import { groupingSchema, type Grouping, type GroupingRule } from "../../protocol/grouping.ts";

const KEY = "grouping";

export class GroupingRules {
  private readonly row: Row<Grouping>;

  constructor(kv: SyncKvStorage) {
    this.row = new Row(kv, KEY, groupingSchema);
  }

  get now(): Grouping {
    return this.row.value ?? { version: 0, rules: [] };
  }

  /** All rules are these from now on. */
  put(rules: readonly GroupingRule[], subject: string, now: number): Grouping {
    this.row.put({
      version: this.now.version + 1,
      rules: [...rules],
      updatedAt: new Date(now).toISOString(),
      updatedBy: subject,
    });
    return this.now;
  }
}
