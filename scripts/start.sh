#!/bin/sh
# npm start: the program as a release has it, bundled, on the pinned Node. What sets it up is gone when it runs.
node_folder=$(node scripts/ready.mjs) || exit
PATH="$node_folder:$PATH" exec dist/regie.js start "$@"
