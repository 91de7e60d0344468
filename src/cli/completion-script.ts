/** Scripts that complete command lines, made from the commands themselves, so that they know what there is. */
import type { Command, Option } from "commander";
import { IDS, type Shell } from "./commands/completion.ts";

/** Names of the program, as it is installed. */
const NAMES = ["stackcast", "cloud"] as const;

const visibleOptions = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);

const visibleCommands = (command: Command): readonly Command[] =>
  command.createHelp().visibleCommands(command);

/** Every word that may stand after a command: its own commands, options, and choices of its arguments. */
const wordsOf = (command: Command): string[] => [
  ...visibleCommands(command).map((below) => below.name()),
  ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  ...visibleOptions(command).flatMap(({ long, short }) => [long, short].filter((flag) => flag != null)),
];

/** Commands with the words before them, `token inspect`; the program itself is the empty one. */
const allCommands = (program: Command): (readonly [path: string, command: Command])[] => {
  const below = (command: Command, path: string): (readonly [string, Command])[] =>
    visibleCommands(command).flatMap((each) => {
      const own = `${path} ${each.name()}`.trim();
      return [[own, each] as const, ...below(each, own)];
    });
  return [["", program], ...below(program, "")];
};

/** Paths of the commands that begin with a deployment. */
const aboutDeployments = (program: Command): readonly string[] =>
  allCommands(program)
    .filter(
      ([
        ,
        {
          registeredArguments: [first],
        },
      ]) => first?.name() === "deploymentId",
    )
    .map(([path]) => path);

/** Options whose values are known. */
const choicesIn = (program: Command): ReadonlyMap<string, readonly string[]> => {
  const choices = new Map<string, readonly string[]>();
  for (const [, command] of allCommands(program))
    for (const { long, short, argChoices } of visibleOptions(command))
      for (const flag of [long, short]) if (flag != null && argChoices) choices.set(flag, argChoices);
  return choices;
};

const valued = (program: Command): string[] => [
  ...new Set(
    allCommands(program).flatMap(([, command]) =>
      visibleOptions(command)
        .filter(({ required, optional }) => required || optional)
        .flatMap(({ long, short }) => [long, short].filter((flag) => flag != null)),
    ),
  ),
];

/** For bash; zsh understands it by its own emulation. */
const bashScript = (program: Command): string => {
  const choices = [...choicesIn(program)].map(
    ([flag, values]) => `    ${flag}) words="${values.join(" ")}" ;;`,
  );
  const files = ["--plan", "--log-dir"];
  const open = valued(program).filter((flag) => !choicesIn(program).has(flag) && !files.includes(flag));
  const commands = allCommands(program).map(
    ([path, command]) => `    "${path}") words="${wordsOf(command).join(" ")}" ;;`,
  );
  const paths = allCommands(program).map(([path]) => `"${path}"`);
  return `_stackcast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words="" next
  COMPREPLY=()
  case "$before" in
    ${files.join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
${choices.join("\n")}
    ${open.join("|")}) return ;;
  esac
  if [ -z "$words" ]; then
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      next="\${path:+$path }$word"
      case "$next" in
        ${paths.filter((path) => path !== '""').join("|")}) path="$next" ;;
      esac
    done
    case "$path" in
${commands.join("\n")}
    esac
    case "$path" in
      ${aboutDeployments(program).join("|")})
        [ "$before" = "\${path##* }" ] && words="$words $("\${COMP_WORDS[0]}" completion ${IDS} 2>/dev/null)" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _stackcast ${NAMES.join(" ")}
`;
};

const zshScript = (program: Command): string =>
  `autoload -U +X bashcompinit && bashcompinit\n${bashScript(program)}`;

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const fishScript = (program: Command): string => {
  const lines: string[] = [];
  for (const name of NAMES) {
    for (const [path, command] of allCommands(program)) {
      const words = path.split(" ").filter((word) => word !== "");
      const here =
        words.length === 0
          ? "__fish_use_subcommand"
          : words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
      for (const below of visibleCommands(command))
        lines.push(
          `complete -c ${name} -f -n ${quoted(here)} -a ${below.name()} -d ${quoted(below.summary())}`,
        );
      if (aboutDeployments(program).includes(path))
        lines.push(`complete -c ${name} -f -n ${quoted(here)} -a '(${name} completion ${IDS} 2>/dev/null)'`);
      for (const { long, short, description, argChoices, required } of visibleOptions(command)) {
        const flags = [long && `-l ${long.slice(2)}`, short && `-s ${short.slice(1)}`]
          .filter(Boolean)
          .join(" ");
        const values = argChoices ? ` -x -a ${quoted(argChoices.join(" "))}` : required ? " -r" : "";
        lines.push(`complete -c ${name} -n ${quoted(here)} ${flags}${values} -d ${quoted(description)}`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
};

/** The script for a shell. */
export const completionScript = (shell: Shell, program: Command): string => {
  switch (shell) {
    case "bash":
      return bashScript(program);
    case "zsh":
      return zshScript(program);
    case "fish":
      return fishScript(program);
  }
};
