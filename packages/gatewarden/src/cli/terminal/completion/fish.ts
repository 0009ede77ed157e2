// The script for fish.
import { type CompletedCommand, type CompletedFlag, quoteWord } from "./completed.js";

export function toFish(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ name }) => name !== "").map(({ name }) => quoteFish(name));
  return `# Completion of gatewarden for fish. Load it with: gatewarden completion fish | source
function __gatewarden_is
    set -l command
    for word in (commandline -opc)[2..-1]
        set -l next $command $word
        if contains -- "$next" ${known.join(" ")}
            set command $next
        end
    end
    test "$command" = "$argv[1]"
end
complete -c gatewarden -f
${commands.flatMap(toLines).join("\n")}
`;
}

function toLines({ name, words, flags, takesFiles }: CompletedCommand): readonly string[] {
  const start = `complete -c gatewarden -n ${quoteFish(`__gatewarden_is ${quoteFish(name)}`)}`;
  return [
    ...(takesFiles ? [`${start} -F`] : []),
    ...words.map((word) => `${start} -a ${quoteFish(word.name)}${word.doc && ` -d ${quoteFish(word.doc)}`}`),
    ...flags.map((flag) => `${start} ${toOption(flag)}`),
  ];
}

function toOption({ name, short, doc, takes, names }: CompletedFlag): string {
  const values = { nothing: "", names: ` -x -a ${quoteFish(names.join(" "))}`, file: " -r -F", other: " -x" }[takes];
  return `-l ${name}${short === undefined ? "" : ` -s ${short}`}${values} -d ${quoteFish(doc)}`;
}

/** In fish, a backslash escapes within single quotes. */
function quoteFish(text: string): string {
  return quoteWord(text.replaceAll("\\", "\\\\")).replaceAll(`'\\''`, `\\'`);
}
