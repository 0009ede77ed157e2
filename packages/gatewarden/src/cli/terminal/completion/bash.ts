// The script for bash, of version 3.2 (macOS) or newer.
import { type CompletedCommand, type CompletedFlag, quoteWord } from "./completed.js";

export function toBash(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ name }) => name !== "").map(({ name }) => quoteWord(name));
  return `# Completion of gatewarden for bash. Load it with: eval "$(gatewarden completion bash)"
_gatewarden() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command='' next words='' i IFS=$'\\n'
  # bash makes words of --flag=value.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${command:+$command }\${COMP_WORDS[i]}"
    case "$next" in
      ${known.join("|")}) command=$next ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
${commands.flatMap(toValueCases).join("\n")}
  esac
  if [[ -z $words ]]; then
    case "$command" in
${commands.map(toWordCase).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _gatewarden gatewarden
`;
}

const files = `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))`;

function toValueCases({ name, flags }: CompletedCommand): readonly string[] {
  const spell = (flag: CompletedFlag) =>
    [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])].map((one) =>
      quoteWord(`${name} ${one}`),
    );
  const toCase = (flag: CompletedFlag): string => {
    if (flag.takes === "names") return `words=${quoteWord(flag.names.join("\n"))} ;;`;
    return flag.takes === "file" ? `${files}; return ;;` : "return ;;";
  };
  return flags
    .filter(({ takes }) => takes !== "nothing")
    .map((flag) => `    ${spell(flag).join("|")}) ${toCase(flag)}`);
}

function toWordCase({ name, words, flags, takesFiles }: CompletedCommand): string {
  const all = [...words.map((word) => word.name), ...flags.map((flag) => `--${flag.name}`)];
  const file = takesFiles ? `[[ $cur == -* ]] || { ${files}; return; }; ` : "";
  return `      ${quoteWord(name)}) ${file}words=${quoteWord(all.join("\n"))} ;;`;
}
