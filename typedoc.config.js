// `npm run docs`: the reference of every public entry, as Markdown, in docs/reference.
import { readEntries } from "./scripts/entries.mjs";

export default {
  entryPoints: readEntries().map((entry) => entry.source),
  tsconfig: "tsconfig.build.json",
  plugin: ["typedoc-plugin-markdown"],
  out: "docs/reference",
  readme: "none",
  gitRevision: "main",
  excludeInternal: true,
  excludePrivate: true,
};
