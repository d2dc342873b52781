import { readdirSync } from "node:fs";
import { join, sep } from "node:path";

const example = join(import.meta.dirname, "../../examples/course");

/** Every page of the shop, of both routers, as its address is written in their folders: `/courses/[slug]`. */
export function coursePages(folder = example): string[] {
  const app = filesBelow(join(folder, "app")).flatMap((file) => /^(.*)\/page\.tsx$/.exec(`/${file}`)?.[1] ?? []);
  const classic = filesBelow(join(folder, "pages")).flatMap((file) => /^([^_]\S*)\.tsx$/.exec(file)?.[1] ?? []);
  return [...app.map((path) => path || "/"), ...classic.map((path) => `/${path}`)].sort();
}

/** The page that answers at this address. A word in the place counts before a `[slot]`, as it does in the routers. */
export function pageAt(pages: readonly string[], pathname: string): string | undefined {
  const answering = pages.filter((page) => isAt(page, pathname));
  return answering.find((page) => !page.includes("[")) ?? answering[0];
}

function isAt(page: string, pathname: string): boolean {
  const pattern = page.replaceAll(/\[\w+\]/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(pathname);
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) => file.split(sep).join("/"));
}
