/** Text of `mesh-constructs access --help`. */
export const ACCESS_HELP = `usage: mesh-constructs access [--app COMMAND] [--json | --mermaid]

Runs a program and prints who may call what in it: a line for each grant, denial and the like, with the line of the program
that says it. What the program writes goes to a temporary folder, and is removed.

options:
  --app COMMAND   how the program is run (default: what cdk8s.yaml of this folder says in "app")
  --json          print one JSON document: { "rows": [{ "cluster", "to", "action", "from", "except", "what", "dryRun",
                  "implied", "construct", "site": { "file", "line" } }] }
  --mermaid       print a flowchart for Markdown
  -h, --help      print this text

examples:
  mesh-constructs access
  mesh-constructs access --app 'npx tsx main.ts' --json | jq -r '.rows[] | select(.action == "DENY") | .to'
  mesh-constructs access --mermaid > access.mmd

exit codes:
  0  printed
  1  the program failed; what it said is on standard error
  2  used in a wrong way, or there is no program
`;
