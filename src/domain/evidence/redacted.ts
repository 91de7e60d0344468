/** Texts of others, kept and shown, without what opens a door: keys, tokens, passwords, and values that a template hides. */

const STRUCK = "[redacted]";

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, STRUCK],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, STRUCK],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, STRUCK],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,}|whsec_[\w+/=]{10,})/g,
    STRUCK,
  ],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]+@/gi, `$1${STRUCK}@`],
  [
    /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|token|sig|key)=)[^&\s"']+/gi,
    `$1${STRUCK}`,
  ],
  [/\b((?:proxy-)?authorization\b["']?\s*[:=]\s*["']?(?:[A-Za-z0-9-]+\s+)?)[^\s"',]+/gi, `$1${STRUCK}`],
  [/\b((?:Bearer|Basic)\s+)[\w.~+/=-]{6,}/gi, `$1${STRUCK}`],
  [
    /((?:\b|_)(?:\w*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential)\w*)["']?\s*(?:[:=]|=>|\bis\b)\s*)(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^\s,;&}\])]+)/gi,
    `$1${STRUCK}`,
  ],
  // As long as a secret access key, and of as many kinds of characters.
  [/(?<![\w/+=-])(?=[\w/+=]*[A-Z])(?=[\w/+=]*[a-z])(?=[\w/+=]*\d)[A-Za-z0-9/+=]{40,}(?![\w/+=-])/g, STRUCK],
];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** `hidden`: names whose values are secret, such as a template's NoEcho parameters. */
export const redacted = (text: string, hidden: readonly string[] = []): string => {
  const byName = hidden.map((name): readonly [RegExp, string] => [
    new RegExp(
      `(\\b${escaped(name)}["']?\\s*[:=]\\s*)(?:"(?:\\\\.|[^"\\\\])*"?|'[^']*'?|[^\\s,;&}\\])]+)`,
      "gi",
    ),
    `$1${STRUCK}`,
  ]);
  return [...byName, ...PATTERNS].reduce((clean, [pattern, by]) => clean.replace(pattern, by), text);
};

const SECRET_KEY =
  /passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential/i;

/** What is no secret although its key sounds like one: an address, a reference, or the name of a thing. */
const isAddress = (text: string): boolean => /^(?:arn:|\{\{resolve:)|^$/.test(text);

/** The same of a tree as JSON has it: texts under keys that sound like a secret are struck out whole. */
export const redactedTree = (tree: unknown, hidden: readonly string[] = [], key = ""): unknown => {
  if (typeof tree === "string") {
    if (isAddress(tree)) return tree;
    return SECRET_KEY.test(key) ? STRUCK : redacted(tree, hidden);
  }
  if (Array.isArray(tree)) return tree.map((member) => redactedTree(member, hidden, key));
  if (typeof tree !== "object" || tree === null) return tree;
  // A reference names a thing, and holds nothing of it.
  const [only = "", ...others] = Object.keys(tree);
  const inner = others.length === 0 && (only === "Ref" || only.startsWith("Fn::")) ? "" : undefined;
  return Object.fromEntries(
    Object.entries(tree).map(([name, member]) => [name, redactedTree(member, hidden, inner ?? name)]),
  );
};
