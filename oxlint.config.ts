import { defineConfig } from "oxlint";

/** Which folders of src each one may import from; `settings.ts` is open to all that run in the Worker. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  protocol: [],
  domain: ["protocol"],
  aws: ["protocol", "domain"],
  auth: ["protocol"],
  destinations: ["protocol", "domain", "aws"],
  trackers: ["protocol", "domain", "aws", "auth", "destinations"],
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

const importRule = (folder: string) => {
  const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
  const byType = TYPES_OF[folder] ?? [];
  const refused = folders.filter((other) => !allowed.includes(other) && !byType.includes(other));
  return {
    files: [`src/${folder}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            // A folder within may have any name.
            { group: [...refused.map((other) => `**/${other}/**`), "!./**"] },
            ...byType.map((other) => ({ group: [`**/${other}/**`], allowTypeImports: true })),
          ],
        },
      ],
    },
  } as const;
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
    ...folders.map(importRule),
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
