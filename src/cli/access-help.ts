/** Text of `mesh-constructs access --help`. */
export const ACCESS_HELP = `usage: mesh-constructs access [--app COMMAND] [--only TEXT] [--json | --mermaid]
       mesh-constructs access [--app COMMAND] --from CALLER --to CALLED [--method GET] [--path /] [more] [--json]

Runs a program and prints who may call what in it: a line for each grant, denial and the like, with the line of the program
that says it. With --from and --to it prints what is decided on one request, and by which rule. What the program writes goes
to a temporary folder, and is removed.

options:
  --app COMMAND      how the program is run (default: what cdk8s.yaml of this folder says in "app")
  --only TEXT        of the table, only what is about callers or called with this text in their names
  --json             print one JSON document: { "rows": [{ "cluster", "to", "action", "from", "except", "what", "dryRun",
                     "implied", "construct", "site": { "file", "line" } }] }; of one request { "isAllowed", "status",
                     "reason", "rules": [{ "kind", "namespace", "name", "construct", "rule", "sentences": [rows] }] }
  --mermaid          print a flowchart for Markdown
  -h, --help         print this text

one request:
  --from CALLER      NAMESPACE/NAME of a service, a gateway, a workload or a ServiceAccount; an identity such as
                     cluster.local/ns/shop/sa/web; or outside, for whoever is not in the mesh
  --to CALLED        NAMESPACE/NAME of a service, a gateway or a workload
  --cluster PATH     which cluster it is in, where the program has several
  --port NUMBER      of the pods (default: the only one)
  --method METHOD    default: GET
  --path PATH        with its query (default: /)
  --connect          a connection of bytes, and no request
  --host HOST        default: the host of the service
  --header NAME:VALUE, --authorizer NAME=allows|refuses
                     may be given several times
  --token JSON       what the token says, such as '{"issuer": "https://login.example.com", "subject": "robot"}'
  --source-ip IP, --remote-ip IP, --sni NAME
                     where a rule asks for them
  --expect OUTCOME   allowed or denied: anything else is exit code 1

examples:
  mesh-constructs access
  mesh-constructs access --app 'npx tsx main.ts' --json | jq -r '.rows[] | select(.action == "DENY") | .to'
  mesh-constructs access --mermaid --only shop/orders > access.mmd
  mesh-constructs access --from shop/web --to shop/orders --path /admin --expect denied

exit codes:
  0  printed
  1  the program failed, or the request cannot be decided on, or was to be decided otherwise; standard error says why
  2  used in a wrong way, or there is no program
`;
