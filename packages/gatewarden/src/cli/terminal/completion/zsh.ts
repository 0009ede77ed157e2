// The script for zsh.
import { type CompletedCommand, type CompletedFlag, quoteWord } from "./completed.js";

export function toZsh(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ name }) => name !== "").map(({ name }) => quoteWord(name));
  return `#compdef gatewarden
# Completion of gatewarden for zsh. Load it with: source <(gatewarden completion zsh)
_gatewarden() {
  local command='' next word
  local -a names
  for word in \${words[2,CURRENT-1]}; do
    next="\${command:+$command }$word"
    case $next in
      (${known.join("|")}) command=$next ;;
    esac
  done
  case "$command \${words[CURRENT-1]}" in
${commands.flatMap(toValueCases).join("\n")}
  esac
  case $command in
${commands.map(toWordCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _gatewarden ]]; then
  _gatewarden "$@"
else
  compdef _gatewarden gatewarden
fi
`;
}

function toValueCases({ name, flags }: CompletedCommand): readonly string[] {
  const toCase = (flag: CompletedFlag): string => {
    if (flag.takes === "names") return `compadd -- ${flag.names.map(quoteWord).join(" ")}`;
    return flag.takes === "file" ? "_files" : `_message ${quoteWord(flag.doc)}`;
  };
  return flags
    .filter(({ takes }) => takes !== "nothing")
    .map((flag) => `    (${quoteWord(`${name} --${flag.name}`)}) ${toCase(flag)}; return ;;`);
}

function toWordCase({ name, words, flags, takesFiles }: CompletedCommand): string {
  const described = [...words, ...flags.map((flag) => ({ name: `--${flag.name}`, doc: flag.doc }))];
  // A colon ends the name.
  const entries = described.map((one) => quoteWord(`${one.name.replaceAll(":", "\\:")}${one.doc && `:${one.doc}`}`));
  const file = takesFiles ? "[[ $PREFIX == -* ]] || { _files; return }; " : "";
  return `    (${quoteWord(name)}) ${file}names=(${entries.join(" ")}); _describe -o gatewarden names ;;`;
}
