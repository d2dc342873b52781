// Removes what a build leaves behind, so that no deleted file lives on in dist.
import { rmSync } from "node:fs";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
