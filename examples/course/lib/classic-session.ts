import { configure } from "coatcheck/next/pages";
import { sessions } from "./session";

// The Pages Router shares the manager of the App Router: one cookie, one session, one cart.
configure({ sessions });

export { getCSRFToken, validateCSRFToken } from "coatcheck/next/pages";
