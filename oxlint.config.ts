import { defineConfig } from "oxlint";

/**
 * Which folders of src each one may import from; `settings.ts`, `env.ts`, `objects.ts`, `page-cursor.ts` and `log.ts` are open to all that
 * run in the Worker.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  protocol: [],
  domain: ["protocol"],
  channel: ["protocol", "domain"],
  aws: ["protocol", "domain"],
  auth: ["protocol"],
  destinations: ["protocol", "domain", "aws", "channel"],
  trackers: ["protocol", "domain", "aws", "auth", "channel", "destinations"],
  orchestrator: ["protocol", "domain", "aws"],
  http: ["protocol", "domain", "auth"],
  client: ["protocol", "domain"],
  dashboard: ["client", "protocol", "domain"],
  cli: ["client", "protocol", "domain", "simulator"],
  simulator: ["protocol"],
};

const folders = Object.keys(MAY_IMPORT);

/** Folders whose objects may be named as types, to call them over RPC. */
const TYPES_OF: Record<string, readonly string[]> = {
  http: ["trackers", "destinations", "orchestrator"],
  orchestrator: ["trackers"],
};

/** Which rooms of its own folder each room may import from. */
const ROOMS: Record<string, Record<string, readonly string[]>> = {
  trackers: {
    stack: ["account", "audiences", "canvas", "directory", "estimates"],
    deployment: ["audiences", "directory", "estimates", "run"],
    run: [],
    gateway: [],
    audiences: [],
    account: ["estimates", "radar"],
    radar: [],
    canvas: [],
    directory: ["canvas", "estimates"],
    estimates: [],
    relay: ["account"],
  },
  domain: {
    stack: ["failure", "template", "budget", "estimate"],
    deployment: ["stack", "words", "estimate", "run"],
    run: ["deployment", "stack", "failure", "template"],
    words: ["deployment", "stack", "estimate"],
    estimate: ["deployment"],
    failure: [],
    template: [],
    budget: [],
    radar: ["stack", "failure"],
    endpoint: ["radar"],
    grouping: [],
  },
  aws: {
    cloudformation: ["transport", "identity"],
    services: ["transport", "identity", "cloudformation"],
    identity: ["transport"],
    install: ["transport"],
    transport: [],
  },
  destinations: {
    outbox: ["kinds", "directory"],
    kinds: [],
    directory: [],
  },
  protocol: {
    rpc: ["connection", "stack", "deployment"],
    deployment: ["connection", "stack"],
    stack: ["connection"],
    admin: [],
    connection: [],
  },
};

/** Rooms that may be named as types by the rooms of the same folder. */
const ROOM_TYPES: Record<string, Record<string, readonly string[]>> = {
  trackers: { run: ["deployment"] },
  aws: { transport: ["identity"], install: ["identity"] },
};

type Pattern = { group: string[]; allowTypeImports?: true } | { regex: string; allowTypeImports?: true };

const refuse = (files: string, patterns: readonly Pattern[]) =>
  ({ files: [files], rules: { "no-restricted-imports": ["error", { patterns }] } }) as const;

const patternsOf = (folder: string): Pattern[] => {
  const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
  const byType = TYPES_OF[folder] ?? [];
  const refused = folders.filter((other) => !allowed.includes(other) && !byType.includes(other));
  return [
    // A folder within may have any name.
    { group: [...refused.map((other) => `**/${other}/**`), "!./**"] },
    ...byType.map((other): Pattern => ({ group: [`**/${other}/**`], allowTypeImports: true })),
  ];
};

/** A room's files stand one or two folders below their folder. */
const wayTo = (room: string): string => `^(\\.\\./){1,2}${room}/`;

const roomRules = (folder: string) => {
  const rooms = ROOMS[folder] ?? {};
  return Object.entries(rooms).map(([room, allowed]) => {
    const byType = ROOM_TYPES[folder]?.[room] ?? [];
    const refused = Object.keys(rooms).filter(
      (other) => other !== room && !allowed.includes(other) && !byType.includes(other),
    );
    return refuse(`src/${folder}/${room}/**`, [
      ...patternsOf(folder),
      ...refused.map((other): Pattern => ({ regex: wayTo(other) })),
      ...byType.map((other): Pattern => ({ regex: wayTo(other), allowTypeImports: true })),
    ]);
  });
};

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "oxc", "promise"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-unassigned-import": ["error", { allow: ["**/*.css"] }],
    "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    // The compiler says the same, and knows exhaustive switches.
    "typescript/consistent-return": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/triple-slash-reference": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/consistent-function-scoping": "off",
    // Copies that nobody else holds may be sorted in place.
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "no-control-regex": "off",
    "no-underscore-dangle": "off",
    "typescript/no-misused-spread": "off",
    "typescript/no-unnecessary-type-parameters": "off",
  },
  overrides: [
    ...folders.map((folder) => refuse(`src/${folder}/**`, patternsOf(folder))),
    ...folders.flatMap(roomRules),
    {
      files: ["src/domain/**"],
      rules: {
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now" },
          { object: "Math", property: "random" },
        ],
      },
    },
    { files: ["src/index.ts", "*.config.ts"], rules: { "import/no-default-export": "off" } },
    { files: ["test/**"], rules: { "max-lines": ["error", { max: 400 }] } },
  ],
});
