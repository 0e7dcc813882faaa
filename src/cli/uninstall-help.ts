/** Text of `mesh-constructs uninstall --help`. */
export const UNINSTALL_HELP = `usage: mesh-constructs uninstall [options] FILE|DIR|-...

Lists what has to be deleted to take out what the files install, in the order in which it has to go: the reverse of the
order in which a synthesis writes it. Nothing is deleted: pipe the list to kubectl when you have read it.

CustomResourceDefinitions are kept: with one of them go all of its objects, in all namespaces. So are namespaces, with
which everything goes that is in them.

options:
  --crds          list the CustomResourceDefinitions too
  --namespaces    list the namespaces too
  --json          print one JSON document instead of lines
  -h, --help      print this text

examples:
  mesh-constructs uninstall dist/
  mesh-constructs uninstall dist/ | sh -x
  mesh-constructs uninstall --crds --namespaces --json dist/ | jq '.delete[].kind'

Each line is a command of kubectl. What is kept, and what the control plane itself has made in the cluster, follows as
comments. --json prints { "delete": [object], "keep": [object], "leftBehind": [text] }, where an object is
{ "apiVersion", "kind", "namespace", "name" }.

exit codes:
  0  listed
  1  a document is no object with a kind and a name
  2  used in a wrong way, or an input cannot be read
`;
