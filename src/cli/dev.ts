/** `npm start`: the same as `stackcast dev`. */
import process from "node:process";

process.argv.splice(2, 0, "dev");
await import("./main.ts");
